/**
 * Recorded text is hostile: a model's answer may carry escape sequences that move the cursor, retitle the window or
 * hide what follows. Everything recorded goes through here before it reaches a terminal.
 */

// Each alternative starts with an introducer that none of its loops can cross, so the scan is linear.
const ESCAPES =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape sequences of ECMA-48 are what is looked for
  /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[PX^_][^\u001b]*\u001b\\|[ -/]*[0-OQ-WYZ\\`-~])|\u009b[0-?]*[ -/]*[@-~]/g;

/** C0 but tab and line feed, DEL, C1, and what reorders or hides text (bidi controls, line separators, tags). */
const CONTROLS =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: as above
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;

/** The text without escape sequences; other control characters show as pictures (`␛`) or `�`. Keeps `\n` and `\t`. */
export function safeText(text: string): string {
  return text.replace(/\r\n/g, '\n').replace(ESCAPES, '').replace(CONTROLS, picture);
}

/** The same on one line: runs of white space become one blank. */
export function safeLine(text: string): string {
  return safeText(text).replace(/\s+/g, ' ').trim();
}

function picture(control: string): string {
  const code = control.codePointAt(0)!;
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  return code === 0x7f ? '\u2421' : '\ufffd';
}
