import { differOnlyInVariables } from './variables.ts';

/**
 * What a change in a user message is: in the values that a template was filled with (`input`, or `retrieved` text), in
 * the template around them, or in dates and ids only.
 */
export type PromptChange = 'variables' | 'retrieved' | 'template' | 'input';

interface Slot {
  readonly name: string;
  readonly value: string;
}

/** `<tag>…</tag>`, fenced blocks, and `Label: value` lines. */
const SLOTS =
  /<([a-zA-Z][\w-]*)[^<>]*>([\s\S]*?)<\/\1>|```(\w*)\n([\s\S]*?)```|^[ \t]*(?:#+ +|\*\*)?([A-Za-z][\w /-]{0,48}?)(?:\*\*)?:(?:\*\*)?[ \t]*(\S.*|\n(?:(?!\n|[ \t]*(?:#+ +|\*\*)?[A-Za-z][\w /-]{0,48}?:).*\n?)+)/gm;

/** Names under which templates place what was looked up. */
const RETRIEVED =
  /context|document|passage|source|retriev|search.?result|memor(y|ies)|knowledge|snippet|chunk|evidence|reference|excerpt/i;

export function promptChange(good: string, bad: string): PromptChange {
  if (differOnlyInVariables(good, bad)) return 'variables';
  const [left, right] = [slotsOf(good), slotsOf(bad)];
  if (left.frame === right.frame && left.slots.length === right.slots.length) {
    const changed = left.slots.filter((slot, i) => slot.value !== right.slots[i]!.value);
    return changed.length > 0 && changed.every(({ name }) => RETRIEVED.test(name)) ? 'retrieved' : 'input';
  }
  const values = (slots: readonly Slot[]): string => slots.map(({ value }) => value.trim()).join('\u0000');
  if (left.slots.length > 0 && values(left.slots) === values(right.slots)) return 'template';
  return wraps(good, bad) || wraps(bad, good) || sameLastParagraph(good, bad) ? 'template' : 'input';
}

/** A block between two rulers, and the line that says what it is: how retrieval frameworks put what they found into a prompt. */
const RULED =
  /^(.*\b(?:context|documents?|passages?|sources?|knowledge|search results?|memor(?:y|ies)|excerpts?)\b.*)\n[ \t]*([-=*#~"'`]{3,})[ \t]*\n([\s\S]*?)\n[ \t]*\2[ \t]*$/gim;

function slotsOf(text: string): { readonly frame: string; readonly slots: readonly Slot[] } {
  const slots: Slot[] = [];
  const unruled = text.replace(RULED, (_, name: string, ruler: string, value: string) => {
    slots.push({ name, value });
    return `${name}\n${ruler}\u0000`;
  });
  const frame = unruled.replace(SLOTS, (...match: (string | undefined)[]) => {
    const [, tag, inTag, fence, inFence, label, afterLabel] = match;
    const name = tag ?? label ?? `fence ${fence ?? ''}`;
    slots.push({ name, value: inTag ?? inFence ?? afterLabel ?? '' });
    return `\u0000${name}\u0000`;
  });
  return { frame, slots };
}

/** Whether the outer text is the inner one with lines put around it. */
function wraps(outer: string, inner: string): boolean {
  const at = outer.indexOf(inner.trim());
  if (at < 0 || inner.trim() === '' || outer.trim() === inner.trim()) return false;
  const [before, after] = [outer.slice(0, at), outer.slice(at + inner.trim().length)];
  return /(^|\n)[ \t]*$/.test(before) && /^[ \t]*(\n|$)/.test(after);
}

/** Instructions first, then what they are about, is how prompts are put together. */
function sameLastParagraph(good: string, bad: string): boolean {
  const [left, right] = [good, bad].map(text => text.trim().split(/\n\s*\n/));
  return left!.length > 1 && right!.length > 1 && left!.at(-1) === right!.at(-1);
}
