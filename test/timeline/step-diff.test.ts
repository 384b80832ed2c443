import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Call } from '../../src/providers/call.ts';
import { stepDiff } from '../../src/timeline/step-diff.ts';
import { type CallStep, timelineOf } from '../../src/timeline/timeline.ts';
import { sessionOf } from '../tape/tape-session.ts';
import {
  assistant,
  type ChatMessage,
  chatCall,
  type Said,
  system,
  toolResult,
  user,
} from './conversation.ts';

function callOf(messages: readonly ChatMessage[], said: Said, body: object = {}): Call {
  const [step] = timelineOf(sessionOf([chatCall(messages, said, {}, body)])).steps;
  return (step as CallStep).call;
}

const brief = (before: Call, after: Call): string[] =>
  stepDiff(before, after).map(({ section, field, before: was, after: is }) =>
    [section, field, was ?? '(none)', is ?? '(none)'].join(' | '),
  );

const base = [system('Be brief.'), user('Weather?')];

test('names each field that differs between two calls', () => {
  const tool = (description: string): object => ({
    type: 'function',
    function: { name: 'look', description, parameters: { type: 'object' } },
  });
  const before = callOf(base, { text: 'Sunny.' }, { temperature: 0, tools: [tool('Looks.')], stop: ['x'] });
  const after = callOf(
    [system('Be long.'), base[1]!],
    { text: 'Rainy.', model: 'gpt-4o-2024-11-20' },
    {
      model: 'gpt-4o-mini',
      temperature: 0.5,
      tools: [tool('Looks around.')],
      seed: 1,
    },
  );
  assert.deepEqual(brief(before, after), [
    'model |  | gpt-4o | gpt-4o-mini',
    'model | answered by | gpt-4o-2024-08-06 | gpt-4o-2024-11-20',
    'parameters | temperature | 0 | 0.5',
    'parameters | stop | ["x"] | (none)',
    'parameters | seed | (none) | 1',
    'system |  | Be brief. | Be long.',
    'tools | look function.description | Looks. | Looks around.',
    'messages | 1 system | Be brief. | Be long.',
    'output |  | Sunny. | Rainy.',
  ]);
});

test('calls that differ in ids only do not differ', () => {
  const turn = (id: string): Call =>
    callOf([...base, assistant({ text: null, tools: { [id]: ['look', { a: 1 }] } }), toolResult(id, 'x')], {
      tools: { [`${id}2`]: ['look', {}] },
    });
  assert.deepEqual(brief(turn('call_a'), turn('call_b')), []);
});

test('a message put in between is one change', () => {
  const rest = [assistant({ text: 'Where?' }), user('Oslo')];
  const before = callOf([...base, ...rest], { text: 'x' });
  const after = callOf([...base, user('In Celsius.'), ...rest], { text: 'x' });
  assert.deepEqual(brief(before, after), ['messages | 3 user | (none) | In Celsius.']);
});

test('tools come, go and change places', () => {
  const call = (...names: string[]): Call =>
    callOf(base, { text: 'x' }, { tools: names.map(name => ({ type: 'function', function: { name } })) });
  assert.deepEqual(
    brief(call('a', 'b'), call('b', 'c')).map(line => line.split(' | ').slice(0, 2).join(' ')),
    ['tools a', 'tools c'],
  );
  assert.deepEqual(brief(call('a', 'b'), call('b', 'a')), ['tools | order | a, b | b, a']);
});

test('errors and finish reasons count', () => {
  const good = callOf(base, { text: 'x' });
  const bad = callOf(base, { status: 500, text: 'overloaded' });
  const sections = stepDiff(good, bad).map(change => change.section);
  assert.deepEqual(sections, ['model', 'output', 'finish reason', 'error']);
});
