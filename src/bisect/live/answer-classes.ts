import { canonicalJson } from '../../tape/canonical-json.ts';
import { type AnswerFacts, behaviourOf, callsIn, endingOf, saidIn } from '../answer.ts';
import { brief } from '../brief.ts';

/** Answers that make an agent do the same. */
export interface AnswerClass {
  /** Its first answer, in a line. */
  readonly label: string;
  /** Indices of the answers in it. */
  readonly members: readonly number[];
}

/** Words that two texts share, of the words of both (Dice), from which on they say the same. */
const ALIKE = 0.5;

/**
 * Sorts answers by behaviour. Tool calls: equal names and canonical arguments, in any order. Texts: the same end, the same
 * numbers in the same order, and a chain of texts each of which shares half of its words with the next; JSON texts must be
 * equal. Errors: the same status and type. The order of the answers has no part in it, as an exact test demands.
 */
export function answerClasses(answers: readonly AnswerFacts[]): readonly AnswerClass[] {
  const prints = answers.map(printOf);
  const left = new Set(prints.keys());
  const classes: AnswerClass[] = [];
  for (const first of left) {
    left.delete(first);
    const members = [first];
    for (const member of members) {
      for (const other of left) {
        if (!alike(prints[member]!, prints[other]!)) continue;
        left.delete(other);
        members.push(other);
      }
    }
    classes.push({ label: labelOf(answers[first]!), members: members.sort((a, b) => a - b) });
  }
  return classes;
}

const alike = (one: Print, two: Print): boolean =>
  one.exact === two.exact && shared(one.words, two.words) >= ALIKE;

interface Print {
  /** What must be equal. */
  readonly exact: string;
  /** What must be alike, by how often each word stands there. */
  readonly words: ReadonlyMap<string, number>;
}

const NONE: ReadonlyMap<string, number> = new Map();

function printOf(answer: AnswerFacts): Print {
  const text = saidIn(answer.output.parts);
  if (answer.error || callsIn(answer.output.parts).length > 0)
    return { exact: behaviourOf(answer), words: NONE };
  const json = parsed(text);
  if (json !== undefined) return { exact: canonicalJson([endingOf(answer), json]), words: NONE };
  const words = new Map<string, number>();
  for (const word of text.toLowerCase().match(/\p{L}+/gu) ?? []) words.set(word, (words.get(word) ?? 0) + 1);
  const numbers = text.match(/\d+(?:[.,:/-]\d+)*/g) ?? [];
  return { exact: canonicalJson([endingOf(answer), 'text', numbers]), words };
}

/** From 0 to 1; two texts without words are alike. */
function shared(one: ReadonlyMap<string, number>, two: ReadonlyMap<string, number>): number {
  const size = (words: ReadonlyMap<string, number>): number =>
    [...words.values()].reduce((total, times) => total + times, 0);
  const all = size(one) + size(two);
  if (all === 0) return 1;
  let both = 0;
  for (const [word, times] of one) both += Math.min(times, two.get(word) ?? 0);
  return (2 * both) / all;
}

function labelOf({ output, error, finishReason }: AnswerFacts): string {
  if (error) return brief(`error ${error.status} ${error.type ?? ''} ${error.message}`);
  return brief(
    callsIn(output.parts).join(', ') ||
      saidIn(output.parts) ||
      `nothing (${finishReason ?? 'no finish reason'})`,
  );
}

function parsed(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
