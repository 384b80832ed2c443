/** How many columns text takes in a terminal, and how to fit it. Text must be safe and colourless. */

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
const WIDE =
  /\p{Emoji_Presentation}|\ufe0f|[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{20000}-\u{3fffd}]/u;
const NARROW = /^[\u0020-\u007e\u00a0-\u02ff\u2010-\u2027\u2030-\u205e\u2190-\u23ff\u2500-\u25ff]*$/;

export function textWidth(text: string): number {
  if (NARROW.test(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += graphemeWidth(segment);
  return width;
}

/** Cuts text to `width` columns, the last of them `…` where something was left out. */
export function fitText(text: string, width: number): string {
  if (text.length <= width && textWidth(text) <= width) return text;
  if (width < 1) return '';
  let used = 0;
  let fitted = '';
  for (const { segment } of graphemes.segment(text)) {
    used += graphemeWidth(segment);
    if (used > width - 1) return `${fitted.trimEnd()}…`;
    fitted += segment;
  }
  return fitted;
}

/** Fills with blanks up to `width` columns. */
export function padText(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const blanks = ' '.repeat(Math.max(0, width - textWidth(text)));
  return align === 'left' ? text + blanks : blanks + text;
}

function graphemeWidth(segment: string): number {
  return WIDE.test(segment) ? 2 : /^\p{Mn}+$/u.test(segment) ? 0 : 1;
}
