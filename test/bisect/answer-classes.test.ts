import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answerClasses } from '../../src/bisect/live/answer-classes.ts';
import type { Part } from '../../src/providers/call.ts';

const says = (text: string, finishReason = 'stop') => ({
  output: { parts: [{ type: 'text', text }] as readonly Part[], alternatives: [] },
  finishReason,
  error: null,
});
const calls = (args: object) => ({
  output: {
    parts: [
      {
        type: 'tool_call',
        call: { id: null, name: 'refund', arguments: args, argumentsText: JSON.stringify(args), raw: args },
      },
    ] as unknown as readonly Part[],
    alternatives: [],
  },
  finishReason: 'tool_calls',
  error: null,
});
const sorted = (...answers: readonly ReturnType<typeof says>[]): readonly (readonly number[])[] =>
  answerClasses(answers).map(({ members }) => members);

test('other words are one class; other numbers, ends, JSON and tool arguments are not', () => {
  assert.deepEqual(
    sorted(says('Sure. The order was shipped.'), says('The purchase was shipped.'), says('No.')),
    [[0, 1], [2]],
  );
  assert.deepEqual(sorted(says('You owe 41 dollars.'), says('You owe 42 dollars.')), [[0], [1]]);
  assert.deepEqual(sorted(says('The order was'), says('The order was', 'length')), [[0], [1]]);
  assert.deepEqual(sorted(says('{"a": 1, "b": 2}'), says('{"b":2,"a":1}'), says('{"a": 1}')), [[0, 1], [2]]);
  assert.deepEqual(sorted(calls({ a: 1, b: 2 }), calls({ b: 2, a: 1 }), calls({ a: 2 })), [[0, 1], [2]]);
});

test('the order of the answers changes no class', () => {
  const chain = [says('one two three four'), says('three four five six'), says('five six seven eight')];
  assert.equal(sorted(...chain).length, 1);
  assert.equal(sorted(chain[2]!, chain[0]!, chain[1]!).length, 1);
});
