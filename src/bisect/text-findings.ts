import { brief } from './brief.ts';
import type { Finding } from './cause.ts';
import type { Pair } from './pair.ts';
import { type PromptChange, promptChange } from './prompt-text.ts';
import { changedVariables } from './variables.ts';

/** Texts that are embedded by the dozen are the documents that are searched, whatever stands in them. */
function kindOf({ good, bad }: { readonly good: string; readonly bad: string }, pair: Pair): PromptChange {
  const kind = promptChange(good, bad);
  const { operation, messages } = pair.bad.call;
  return operation === 'embeddings' && messages.length > 1 && kind !== 'variables' ? 'retrieved' : kind;
}

/** User messages whose text changed in this way. */
export function textFindings(pair: Pair, wanted: PromptChange, what: string): readonly Finding[] {
  return pair.history().flatMap(change => {
    if (change.kind !== 'text' || kindOf(change, pair) !== wanted) return [];
    const values = wanted === 'variables' ? changedVariables(change.good, change.bad) : [];
    const shown =
      values.length > 0
        ? values.join(', ')
        : `${brief(change.good, 80)} in good, ${brief(change.bad, 80)} in bad`;
    return [
      { field: `messages[${change.at}]`, detail: `${what}: ${shown}.`, good: change.good, bad: change.bad },
    ];
  });
}
