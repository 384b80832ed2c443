/**
 * Recorded text is hostile: it may carry escape sequences, characters that reorder what follows, or Markdown. Nothing
 * recorded reaches the editor but through one of these.
 */

/** C0 but tab and line feed, DEL, C1, and what reorders or hides text (bidi controls, line separators, tags). */
const HIDDEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;

/** The text with control and hiding characters written out (`\u001b`); keeps line feeds and tabs. */
export function plainText(text: string): string {
  return text.replace(/\r\n/g, '\n').replace(HIDDEN, written);
}

// Each alternative starts with an introducer that none of its loops can cross, so the scan is linear.
const ESCAPES =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape sequences of ECMA-48 are what is looked for
  /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[PX^_][^\u001b]*\u001b\\|[ -/]*[0-OQ-WYZ\\`-~])|\u009b[0-?]*[ -/]*[@-~]/g;

/** What a program printed, without its colours and cursor movements; a line that was overwritten becomes its own. */
export function printedText(text: string): string {
  return plainText(text.replace(ESCAPES, '').replace(/\r+\n/g, '\n').replaceAll('\r', '\n'));
}

/** The same on one line. */
export function plainLine(text: string): string {
  return plainText(text).replace(/\s+/g, ' ').trim();
}

/** On one line of at most so many characters; a cut is shown by `…`. */
export function shortLine(text: string, length: number): string {
  // White space may collapse: look at a little more than is shown, never at all of a long text.
  const head = text.length > length * 4 ? text.slice(0, length * 4) : text;
  const line = plainLine(head);
  return line.length > length || head.length < text.length ? `${line.slice(0, length - 1)}…` : line;
}

/** In quotes, as JSON writes it: one line, nothing hidden. */
export function quoted(text: string): string {
  return JSON.stringify(text).replace(HIDDEN, written);
}

/** Inside a line of Markdown: shown as it is, never as markup, link or HTML. */
export function markdownText(text: string): string {
  return plainLine(text)
    .replace(/[\\`*_[\]<>#!|~&@]/g, '\\$&')
    .replace(/:(?=\/\/)|(?<=www)\./gi, '\\$&');
}

/** A fenced block of Markdown that the text cannot close. */
export function markdownBlock(text: string, language = 'text'): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${plainText(text)}\n${fence}`;
}

function written(character: string): string {
  const code = character.codePointAt(0)!;
  return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, '0')}`;
}
