import { plainBody } from '../tape/match-key.ts';
import { answerBody } from '../wire/exchange.ts';
import type { Half, Pair } from './pair.ts';

/** Names under which vendors keep reasoning: `reasoning_details`, `thinking`, `thoughtSignature`, an item of type `reasoning` … */
const REASONING = /reason|think|thought/i;

/** Before the name of a part or an item, to tell it from a member's. */
const ITEM = 'type ';

/** Reasoning that one run's agent sends back to its model and the other's keeps to itself, although both models gave it. */
export function sentBackByOne(
  pair: Pair,
): readonly { readonly name: string; readonly side: 'good' | 'bad' }[] {
  const [good, bad] = [reasoningIn(pair.good), reasoningIn(pair.bad)];
  return [
    ...[...good]
      .filter(name => !bad.has(name) && gave(pair.bad, name))
      .map(name => ({ name: name.replace(ITEM, ''), side: 'good' }) as const),
    ...[...bad]
      .filter(name => !good.has(name) && gave(pair.good, name))
      .map(name => ({ name: name.replace(ITEM, ''), side: 'bad' }) as const),
  ];
}

/** Whether the answer before, as it came, had such a member with something in it, or such an item. */
function gave({ before, timeline }: Half, name: string): boolean {
  if (before === null) return false;
  const text = Buffer.from(answerBody(timeline.session.exchange(before.seq).answer)).toString('latin1');
  const word = JSON.stringify(name.replace(ITEM, ''));
  const pattern = name.startsWith(ITEM)
    ? `"type"\\s*:\\s*${word}`
    : `${word}\\s*:(?!\\s*(null|""|\\[\\s*\\]))`;
  return new RegExp(pattern).test(text);
}

function reasoningIn({ exchange }: Half): ReadonlySet<string> {
  const names = new Set<string>();
  let body: unknown;
  try {
    body = JSON.parse(plainBody(exchange.request).toString('utf8'));
  } catch {
    return names;
  }
  const { messages, input, contents } = body as Readonly<Record<string, unknown>>;
  const list = [messages, input, contents].find(Array.isArray) ?? [];
  for (const entry of list as readonly unknown[]) {
    for (const holder of [entry, ...partsOf(entry)]) {
      for (const [name, value] of Object.entries(holder ?? {})) {
        if (value === null || value === '' || (Array.isArray(value) && value.length === 0)) continue;
        if (REASONING.test(name)) names.add(name);
        if (name === 'type' && typeof value === 'string' && REASONING.test(value))
          names.add(`${ITEM}${value}`);
      }
    }
  }
  return names;
}

function partsOf(entry: unknown): readonly unknown[] {
  const { content, parts } = (entry ?? {}) as Readonly<Record<string, unknown>>;
  return [content, parts].find(Array.isArray) ?? [];
}
