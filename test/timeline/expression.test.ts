import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { RewindError } from '../../src/errors.ts';
import { Evaluator } from '../../src/timeline/evaluate.ts';
import { parseExpression } from '../../src/timeline/expression.ts';
import { timelineOf } from '../../src/timeline/timeline.ts';
import { sessionOf } from '../tape/tape-session.ts';
import { agentSession } from './conversation.ts';

const timeline = timelineOf(
  sessionOf(
    agentSession([
      {
        said: { tools: { a: ['weather', { city: 'Oslo', days: [1, 2] }] } },
        results: { a: 'rain "all" day' },
        body: { temperature: 0.2, tools: [{ type: 'function', function: { name: 'get-weather' } }] },
      },
      { said: { text: 'Take an umbrella.', inputTokens: 30 }, body: { temperature: 0.7 } },
    ]),
  ),
);
const evaluator = new Evaluator(timeline);
const valueAt = (index: number, text: string): unknown =>
  evaluator.value(parseExpression(text), timeline.steps[index]!);

test('values, paths and operators', () => {
  const values: readonly (readonly [step: number, expression: string, value: unknown])[] = [
    [2, 'response.text', 'Take an umbrella.'],
    [2, 'request.messages[-1].content', 'rain "all" day'],
    [2, 'request.messages[9].content', undefined],
    [2, 'request.messages.length', 4],
    [2, 'request.messages[*].role', ['system', 'user', 'assistant', 'tool']],
    [2, 'request.messages[1:3].role', ['user', 'assistant']],
    [2, 'request.messages[-2:].role', ['assistant', 'tool']],
    [2, '$.request.messages[0].role', 'system'],
    [2, 'request.body.messages[0]["role"]', 'system'],
    [0, "request.tools['get-weather'].function.name", 'get-weather'],
    [0, 'request.tools.length', 1],
    [0, 'response.toolCalls[0].arguments.days[1]', 2],
    [0, 'response..city', ['Oslo']],
    [0, 'response.toolCalls[0].arguments.*', ['Oslo', [1, 2]]],
    [2, 'usage.total', 35],
    [2, 'usage.total - $prev.usage.total', 20],
    [2, '-usage.input + 2 * 3', -24],
    [2, '(1 + 2) * 3 == 9', true],
    [2, '"tokens: " + usage.input', 'tokens: 30'],
    [2, '$prev.step', 0],
    [2, '$step(1).tool.name', 'weather'],
    [2, '$step(step - 1).kind', 'tool'],
    [0, '$next.step', 2],
    [2, '$next', undefined],
    [0, '$prev.usage.total', undefined],
    [1, '$call.step', 0],
    [1, 'tool.arguments.city', 'Oslo'],
    [2, 'changed(request.parameters.temperature)', true],
    [2, 'changed(request.system)', false],
    [0, 'changed(request.system)', false],
    [2, 'request.parameters.temperature > 0.5 and model matches /^gpt/', true],
    [2, 'not model contains "gpt"', false],
    [2, 'not (error) and true', true],
    [2, '!error && (usage.input == 1 || usage.input >= 30)', true],
    [2, 'request.messages contains "umbrella"', false],
    [2, 'request.messages contains "rain"', true],
    [0, 'response.toolCalls[0].arguments.days contains 2', true],
    [2, 'response.text matches "UMBRELLA"', false],
    [2, 'response.text matches /UMBRELLA/i', true],
    [2, 'error == null', true],
    [2, 'request.messages[9] == null', true],
    [0, 'response.toolCalls[0].arguments == $.response.toolCalls[0].arguments', true],
    [2, '"b" > "a"', true],
    [2, '"10" > 9', false],
    [2, "'it\\'s' == \"it's\"", true],
    [2, '6 / 2 / 3', 1],
  ];
  for (const [step, expression, value] of values) {
    assert.deepEqual(valueAt(step, expression), value, expression);
  }
});

test('mistakes are said plainly, with their column', () => {
  const mistakes: readonly (readonly [step: number, expression: string, message: RegExp])[] = [
    [2, '', /ends where a value should stand \(column 1\b/],
    [2, 'usage.', /where a name should stand/],
    [2, 'usage.total usage', /There is `usage` where a value/],
    [2, 'request.messages[', /where a number, a quoted name or \*/],
    [2, 'request.messages[1.5]', /where a number/],
    [2, 'respones', /`respones` is not a part of a step.*`response` is/],
    [2, '"open', /cannot be read.*column 1/],
    [2, 'model matches /(/', /is no pattern/],
    [2, 'model matches model', /takes a pattern/],
    [2, '$step(7)', /no step 7/],
    [2, '$step("x").model', /no step x/],
    [2, 'model + 1 - 1', /is not a number/],
    [2, 'tool.name', /A call has no `tool`/],
    [1, 'usage.total', /A tool step has no `usage`/],
    [2, `${'('.repeat(300)}1${')'.repeat(300)}`, /nested too deeply/],
  ];
  for (const [step, expression, message] of mistakes) {
    assert.throws(
      () => valueAt(step, expression),
      (error: unknown) =>
        error instanceof RewindError && error.code === 'bad-expression' && message.test(error.message),
      expression,
    );
  }
});

test('any text is either an expression or a bad-expression', () => {
  const words = fc.constantFrom(
    'usage',
    '.',
    'total',
    '$prev',
    '(',
    ')',
    '[',
    ']',
    '-1',
    '*',
    '..',
    ' and ',
    ' not ',
    '"x"',
    '/',
    '/a/',
    '==',
    'contains ',
    'matches ',
    ':',
    'changed(',
    '$step(',
  );
  const texts = fc.oneof(
    fc.array(words, { maxLength: 12 }).map(list => list.join('')),
    fc.string({ unit: 'binary', maxLength: 30 }),
  );
  fc.assert(
    fc.property(texts, fc.integer({ min: 0, max: 2 }), (text, step) => {
      try {
        valueAt(step, text);
      } catch (error) {
        assert.ok(error instanceof RewindError && error.code === 'bad-expression', String(error));
      }
    }),
    { numRuns: 2000 },
  );
});

test('text quoted as JSON is that text', () => {
  fc.assert(
    fc.property(fc.string(), text => {
      const quoted = `"${text.replace(/["\\]/g, '\\$&')}"`;
      assert.equal(valueAt(2, quoted), text);
    }),
  );
});
