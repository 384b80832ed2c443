import type { Random } from './random.ts';

const OPENINGS = ['', 'Sure. ', 'Of course. ', 'Certainly. ', 'Here you go. '];
const SYNONYMS: Readonly<Record<string, readonly string[]>> = {
  and: ['and', 'as well as', 'plus'],
  but: ['but', 'though'],
  because: ['because', 'since', 'as'],
  order: ['order', 'purchase'],
  shipped: ['shipped', 'dispatched', 'sent'],
  refund: ['refund', 'reimbursement'],
  shows: ['shows', 'indicates', 'suggests'],
  large: ['large', 'big', 'sizeable'],
  said: ['said', 'wrote', 'told me'],
  returned: ['returned', 'gave', 'answered with'],
};

/** Says the same in other words, as a sampled model does. JSON texts stay as they are. */
export function reworded(text: string, random: Random): string {
  if (/^\s*[[{]/.test(text)) return text;
  const words = text.replace(/\p{L}+/gu, word => {
    const choices = Object.hasOwn(SYNONYMS, word) ? SYNONYMS[word] : undefined;
    return choices ? random.pick(choices) : word;
  });
  return random.pick(OPENINGS) + words;
}
