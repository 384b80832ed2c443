/**
 * Chat requests as agents send them: a history that all share, and a last message that none has had before (a quarter of the
 * whole, at most 2 KB). `size` in bytes, roughly.
 */
export function chatRequest(seed: number, size: number): Buffer {
  const fresh = Math.min(size / 4, 2048);
  const messages = [
    { role: 'system', content: 'You are a careful assistant. Answer in one short paragraph.' },
    { role: 'user', content: history(size - fresh - 330) },
    { role: 'assistant', content: 'Understood. What else?' },
    { role: 'user', content: text(seed + 1, fresh) },
  ];
  return Buffer.from(JSON.stringify({ model: 'gpt-4o-2024-08-06', temperature: 0, messages, seed }));
}

const histories = new Map<number, string>();

function history(size: number): string {
  let found = histories.get(size);
  if (found === undefined) {
    found = text(0, size);
    histories.set(size, found);
  }
  return found;
}

/** Words that do not repeat as a sentence would. */
function text(seed: number, size: number): string {
  const next = random(seed + 1);
  const words: string[] = [];
  for (let length = 0; length < size; ) {
    const word = syllables(next);
    words.push(word);
    length += word.length + 1;
  }
  return words.join(' ');
}

const onsets = [
  'b',
  'br',
  'c',
  'ch',
  'd',
  'f',
  'g',
  'gr',
  'h',
  'k',
  'l',
  'm',
  'n',
  'p',
  'qu',
  'r',
  's',
  'st',
  't',
  'th',
  'v',
  'w',
];
const nuclei = ['a', 'ai', 'e', 'ea', 'i', 'o', 'ou', 'u'];
const codas = ['', '', 'n', 'r', 's', 't', 'nd', 'ng', 'll', '.', ','];

function syllables(next: () => number): string {
  const pick = (from: readonly string[]) => from[next() % from.length]!;
  const count = 1 + (next() % 3);
  return Array.from({ length: count }, () => pick(onsets) + pick(nuclei)).join('') + pick(codas);
}

/** Numerical Recipes' linear congruential generator: the same bodies in every run. */
function random(seed: number): () => number {
  let state = (seed * 2654435761) >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 8;
  };
}
