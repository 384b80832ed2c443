import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { chooseTurn } from '../../src/emulator/choose-turn.ts';
import type { Prompt } from '../../src/emulator/prompt.ts';
import { checkScript, loadScript, type Script } from '../../src/emulator/script.ts';
import { fill } from '../../src/emulator/template.ts';
import { RewindError } from '../../src/errors.ts';

const PROMPT: Prompt = {
  provider: 'openai',
  model: 'gpt-4o-mini',
  stream: false,
  system: 'You plan.',
  messages: [
    { role: 'user', text: 'Refund ORD-7, please' },
    { role: 'assistant', text: '', toolCalls: [{ id: 'c1', name: 'find', arguments: { order: 'ORD-7' } }] },
    { role: 'tool', id: 'c1', name: null, text: '{"total":12.5,"lines":[{"item":"cup"}]}' },
  ],
  tools: [],
  toolChoice: 'auto',
  maxTokens: null,
  schema: undefined,
  choices: 1,
  temperature: null,
};

function answers(script: Script, prompts: readonly Prompt[], variant?: string): unknown[] {
  const counts = new Map<number, number>();
  return prompts.map(prompt => {
    const chosen = chooseTurn(script, prompt, variant, counts);
    return chosen && ('text' in chosen.answer ? chosen.answer.text : chosen.answer);
  });
}

test('every condition of a turn must hold, and the first turn that matches answers', () => {
  const only = (match: object) =>
    answers(checkScript({ turns: [{ match, answer: { text: 'yes' } }] }), [PROMPT])[0];
  for (const match of [
    {},
    { model: 'gpt-4o*' },
    { provider: 'openai', system: 'PLAN' },
    { user: { matches: 'ord-\\d' } },
    { toolResult: true },
    { toolResult: 'fi*' },
  ]) {
    assert.equal(only(match), 'yes', JSON.stringify(match));
  }
  for (const match of [
    { model: 'gpt-4o' },
    { provider: 'gemini' },
    { system: 'plan', user: 'cancel' },
    { toolResult: false },
    { toolResult: 'refund' },
    { nth: 2 },
  ]) {
    assert.equal(only(match), undefined, JSON.stringify(match));
  }
});

test('nth counts the requests that meet the other conditions, whoever answers them', () => {
  const script = checkScript({
    turns: [
      { match: { nth: 2 }, answer: { text: 'second' } },
      { match: { nth: 1 }, answer: { text: 'first' } },
      { answer: { sequence: [{ text: 'a' }, { text: 'b' }, { text: 'later' }] } },
    ],
  });
  assert.deepEqual(answers(script, [PROMPT, PROMPT, PROMPT, PROMPT]), ['first', 'second', 'later', 'later']);
});

test('a variant is preferred where a turn has it', () => {
  const script = checkScript({
    turns: [{ answer: { text: 'long' }, variants: { terse: { text: 'short' } } }],
  });
  assert.deepEqual(answers(script, [PROMPT], 'terse'), ['short']);
  assert.deepEqual(answers(script, [PROMPT], 'other'), ['long']);
});

test('templates read tool results and arguments, groups and texts; a lone one keeps its type', () => {
  const value = {
    total: '{{tool.find.result.total}}',
    said: 'Your {{tool.find.result.lines.0.item}} of {{tool.find.arguments.order}} ({{match.1}}), {{model}}',
    nested: [{ lines: '{{tool.find.result.lines}}' }],
    missing: 'x{{tool.none.result.a}}{{tool.find.result.constructor}}y',
  };
  assert.deepEqual(fill(value, PROMPT, ['Refund', 'group']), {
    total: 12.5,
    said: 'Your cup of ORD-7 (group), gpt-4o-mini',
    nested: [{ lines: [{ item: 'cup' }] }],
    missing: 'xy',
  });
});

test('a bad script is refused with the place and the reason', async () => {
  const cases: [unknown, RegExp][] = [
    [{}, /needs a list `turns`/],
    [{ turns: [{ answer: {} }] }, /turns\[0\]\.answer needs one of text/],
    [{ turns: [{ answer: { text: 'a' }, when: 1 }] }, /turns\[0\] has an unknown field `when`/],
    [
      { turns: [{ match: { user: { matches: '(' } }, answer: { text: 'a' } }] },
      /is not a regular expression/,
    ],
    [{ turns: [{ match: { nth: 0 }, answer: { text: 'a' } }] }, /nth must be a whole number/],
    [{ turns: [{ answer: { error: { kind: 'flood' } } }] }, /error\.kind must be one of/],
    [{ turns: [{ answer: { text: 'a', fault: { kind: 'flood' } } }] }, /fault\.kind must be one of/],
    [{ turns: [{ answer: { text: 'a', encoding: 'rar' } }] }, /encoding must be one of/],
    [{ turns: [{ answer: { sequence: [] } }] }, /sequence must be a list/],
  ];
  for (const [script, reason] of cases) {
    assert.throws(
      () => checkScript(script),
      (error: unknown) =>
        error instanceof RewindError && error.code === 'bad-script' && reason.test(error.message),
      String(reason),
    );
  }
  const folder = await mkdtemp(join(tmpdir(), 'rewind-script-'));
  try {
    const file = join(folder, 'script.json');
    await writeFile(file, '{"turns": [');
    await assert.rejects(loadScript(file), /is not JSON/);
    await assert.rejects(loadScript(join(folder, 'none.json')), /cannot be read/);
    await writeFile(file, '{"turns": [{"answer": {"text": "hi"}}]}');
    assert.equal((await loadScript(file)).turns.length, 1);
  } finally {
    await rm(folder, { recursive: true });
  }
});
