/** Words with their leading space, digits by three, runs of punctuation, white space: much as BPE tokenizers split. */
const PIECES = / ?\p{L}+| ?\p{N}{1,3}| ?[^\s\p{L}\p{N}]+|\s+/gu;
const LONGEST_WORD = 8;
/** Beyond this a count is an estimate by length: a 20 MB body must not cost a second. */
const COUNTED_LENGTH = 50_000;

/** Splits text into token-like pieces; joined they give the text again. */
export function tokenPieces(text: string): string[] {
  const pieces: string[] = [];
  for (const [word] of text.matchAll(PIECES)) {
    if (word.length <= LONGEST_WORD || !/\p{L}/u.test(word)) pieces.push(word);
    else pieces.push(...(word.match(/[\s\S]{1,6}/gu) ?? []));
  }
  return pieces;
}

/** A plausible token count: not the vendor's tokenizer, but stable and of the right size. */
export function countTokens(text: string): number {
  if (text.length <= COUNTED_LENGTH) return tokenPieces(text).length;
  return Math.ceil((tokenPieces(text.slice(0, COUNTED_LENGTH)).length * text.length) / COUNTED_LENGTH);
}

/** Characters of one event where the text is too long to be split by tokens. */
const LONG_EVENT = 4096;

/** The pieces in groups of `size`; each group is one event of a stream. */
export function streamPieces(text: string, size: number): string[] {
  if (text.length > COUNTED_LENGTH) return text.match(new RegExp(`[\\s\\S]{1,${LONG_EVENT}}`, 'gu')) ?? [];
  const pieces = tokenPieces(text);
  const groups: string[] = [];
  for (let i = 0; i < pieces.length; i += size) groups.push(pieces.slice(i, i + size).join(''));
  return groups;
}
