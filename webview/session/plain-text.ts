/**
 * Recorded text is hostile. Control characters, and those that reorder or hide what follows, are written out; joiners
 * stay, because emoji and whole scripts need them.
 */
const HIDDEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;

export function plainText(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(HIDDEN, character => {
    const code = character.codePointAt(0)!;
    return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, '0')}`;
  });
}

/** Terminal output without its colours and cursor movements. */
export function withoutEscapes(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
  return text.replace(/\u001b(?:\[[0-9;?]{0,32}[@-~]|\][^\u0007\u001b]{0,2000}(?:\u0007|\u001b\\))/g, '');
}
