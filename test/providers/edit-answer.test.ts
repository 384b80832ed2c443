/** An edited answer, on every vendor's form of answer: a client reads what was written, and nothing else has changed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startEmulator } from '../../src/emulator/emulator.ts';
import { editAnswer } from '../../src/providers/editing/edit-answer.ts';
import { editableAnswer } from '../../src/providers/editing/editable-answer.ts';
import { shapeOf } from '../../src/providers/editing/shapes.ts';
import { readCall } from '../../src/providers/read-call.ts';
import type { Exchange } from '../../src/wire/exchange.ts';
import type { Json } from '../../src/wire/json.ts';
import { ask, FORMS, type Form, script } from '../emulator/vendor-forms.ts';
import { anExchange } from './an-exchange.ts';

/** What Gemini streams where nobody asks for events. */
const asArray: Form = {
  ...FORMS.find(({ name }) => name === 'Gemini, streamed')!,
  name: 'Gemini, streamed as an array',
  path: '/v1beta/models/gemini-2.5-flash:streamGenerateContent',
};

test('text, finish reason and tool calls are edited in every form of answer', async t => {
  const emulator = await startEmulator({ script });
  t.after(() => emulator.close());
  for (const each of [...FORMS, asArray]) {
    const { name: form, dialect, streamed } = each;
    const talk = await ask(emulator.url, each, 'talk');
    const said = (exchange: Exchange): { text: string; calls: Json; finish: string | null } => {
      const call = readCall(exchange)!;
      assert.deepEqual([call.dialect, call.error, call.problems], [dialect, null, []], form);
      const { parts } = call.output;
      return {
        text: parts.flatMap(part => (part.type === 'text' ? [part.text] : [])).join('|'),
        calls: parts.flatMap(part =>
          part.type === 'tool_call' ? [[part.call.name, part.call.argumentsText.replaceAll(' ', '')]] : [],
        ),
        finish: call.finishReason,
      };
    };
    const edited = (exchange: Exchange, place: Parameters<typeof editAnswer>[1], value: Json) => ({
      ...exchange,
      answer: editAnswer(exchange, place, value),
    });
    const before = said(talk);

    for (const text of [
      'No 👋 "refund"\nfor you, and \u00e9 lot more words than there were before it was edited.',
      'No.',
      '',
    ]) {
      const told = edited(talk, { kind: 'text' }, text);
      assert.deepEqual(said(told), { ...before, text }, form);
      if (text.length > 50) assert.ok(told.answer.chunks.length >= talk.answer.chunks.length, form);
    }
    const { finish } = shapeOf(dialect, editableAnswer(talk.answer))!;
    const cut = said(edited(talk, { kind: 'finish-reason' }, finish.length));
    assert.deepEqual(
      cut,
      { ...before, finish: dialect === 'openai-responses' ? 'max_output_tokens' : finish.length },
      form,
    );

    const act = await ask(emulator.url, each, 'act');
    const both = said(act);
    const order = edited(act, { kind: 'tool-arguments', call: 0, path: ['order'] }, 'B-99');
    assert.deepEqual(
      said(order).calls,
      [
        ['refund', '{"order":"B-99","amount":40}'],
        ['track', '{"parcel":"P-88"}'],
      ],
      form,
    );
    assert.equal(said(order).finish, both.finish, form);
    const name = edited(order, { kind: 'tool-name', call: 1 }, 'trace');
    assert.deepEqual(
      said(name).calls,
      [
        ['refund', '{"order":"B-99","amount":40}'],
        ['trace', '{"parcel":"P-88"}'],
      ],
      form,
    );
    const none = said(edited(act, { kind: 'no-tool-calls' }, []));
    assert.deepEqual([none.calls, none.text], [[], ''], form);
    assert.equal(none.finish, before.finish, form);

    // Text that is no JSON goes where the vendor sends text.
    const broken = (): Exchange => edited(act, { kind: 'tool-arguments', call: 1, path: [] }, '{"parcel":');
    const takesText = /^openai/.test(dialect) || (/^(anthropic|bedrock)/.test(dialect) && streamed);
    if (takesText) assert.deepEqual((said(broken()).calls as string[][])[1], ['track', '{"parcel":'], form);
    else if (!streamed) assert.throws(broken, /JSON object/, form);
    assert.throws(() => edited(act, { kind: 'text' }, 'x'), /only tool calls/, form);
  }
});

test('a stream that finishes in the piece of its last words or calls still finishes', () => {
  const chunk = (delta: object, finish: string | null): string =>
    `data: ${JSON.stringify({ id: 'c1', model: 'm-1', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
  const call = { index: 0, id: 'call_1', type: 'function', function: { name: 'track', arguments: '{}' } };
  const stream = [
    chunk({ role: 'assistant', content: '' }, null),
    chunk({ content: '', tool_calls: [call] }, null),
    chunk({ content: '', tool_calls: [{ ...call, index: 1, id: 'call_2' }] }, 'tool_calls'),
    'data: [DONE]\n\n',
  ];
  const exchange = anExchange(
    { url: 'https://api.openai.com/v1/chat/completions', body: { model: 'm-1', messages: [], stream: true } },
    {
      head: { status: 200, reason: 'OK', headers: [['content-type', 'text/event-stream']] },
      body: stream.join(''),
    },
  );
  const none = { ...exchange, answer: editAnswer(exchange, { kind: 'no-tool-calls' }, null) };
  const told = readCall({ ...none, answer: editAnswer(none, { kind: 'text' }, 'No calls.') })!;
  assert.deepEqual([told.output.parts, told.finishReason], [[{ type: 'text', text: 'No calls.' }], 'stop']);
});
