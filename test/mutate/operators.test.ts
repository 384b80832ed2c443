/** Every operator on every vendor's form of answer: what a client reads from the broken bytes is the fault that was meant. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startEmulator } from '../../src/emulator/emulator.ts';
import { type Fault, neverEnds, type Target } from '../../src/mutate/operator.ts';
import { OPERATORS } from '../../src/mutate/operators.ts';
import type { Call, DialectId } from '../../src/providers/call.ts';
import { editableAnswer, withPieces } from '../../src/providers/editing/editable-answer.ts';
import { shapeOf } from '../../src/providers/editing/shapes.ts';
import { readCall } from '../../src/providers/read-call.ts';
import { answerBody, type Exchange } from '../../src/wire/exchange.ts';
import { ask, FORMS, script, TEXT } from '../emulator/vendor-forms.ts';

test('what is read from the broken bytes is the fault that was meant', async () => {
  const emulator = await startEmulator({ script });
  try {
    for (const form of FORMS) {
      for (const words of ['talk', 'act']) {
        check(`${form.name}, ${words}`, form.dialect, await ask(emulator.url, form, words));
      }
    }
  } finally {
    await emulator.close();
  }
});

function check(what: string, dialect: DialectId, exchange: Exchange): void {
  const call = readCall(exchange);
  const body = editableAnswer(exchange.answer);
  assert.ok(call && body, what);
  assert.equal(call.dialect, dialect);
  const joined = Buffer.from(answerBody(withPieces(body, body.pieces)));
  assert.ok(joined.equals(answerBody(exchange.answer)), `${what}: joined again`);
  const target: Target = {
    exchange,
    call,
    shape: shapeOf(dialect, body),
    body,
    earlier: [],
    siblings: [],
    previous: null,
  };
  const planned = new Map(OPERATORS.map(({ id, plan }) => [id, plan(target)]));
  const read = (fault: Fault): Call => {
    assert.notEqual(fault.answer, 'hang');
    return readCall({ ...exchange, answer: fault.answer as Exclude<Fault['answer'], 'hang'> })!;
  };
  const only = (id: string): Call => {
    const [fault] = planned.get(id) ?? [];
    assert.ok(fault, `${what}: ${id} is planned`);
    return read(fault);
  };
  const calls = ({ output }: Call) =>
    output.parts.flatMap(part => (part.type === 'tool_call' ? [part.call] : []));
  const text = ({ output }: Call) =>
    output.parts.flatMap(part => (part.type === 'text' ? [part.text] : [])).join('');

  for (const id of [
    'rate-limit-once',
    'overloaded',
    'server-error',
    'auth-expired',
    'context-overflow',
    'gateway-html-502',
  ]) {
    assert.ok((only(id).error?.status ?? 0) >= 400, `${what}: ${id}`);
  }
  assert.deepEqual(only('empty-response').output.parts, [], `${what}: empty`);
  assert.match(text(only('refusal')), /sorry/, `${what}: refusal`);
  if (calls(call).length === 0) {
    assert.equal(text(call), TEXT);
    for (const id of ['truncated-response', 'truncated-without-flag']) {
      const cut = only(id);
      assert.ok(text(cut).length > 10 && TEXT.startsWith(text(cut)) && text(cut) !== TEXT, `${what}: ${id}`);
      const flagged = /length|max_tokens|MAX_TOKENS|max_output_tokens/.test(cut.finishReason ?? '');
      assert.equal(flagged, id === 'truncated-response', `${what}: ${id} ${cut.finishReason}`);
    }
    assert.match(text(only('number-shifted')), /400 euros/, what);
    assert.match(text(only('paraphrase')), /^Certainly! All of it's finished: 40 euros/, what);
    assert.match(text(only('entity-shifted')), /parcel of Monday P-89/, what);
    if (body.streamed) {
      const cut = only('stream-clean-cut');
      assert.ok(TEXT.startsWith(text(cut)) && text(cut) !== TEXT, `${what}: clean cut ${text(cut)}`);
      assert.ok(only('stream-error-event').error, `${what}: error event`);
      assert.equal(text(only('stream-resliced')), TEXT);
      const [stall] = planned.get('stream-stall') ?? [];
      assert.ok(stall && neverEnds(stall), `${what}: stall`);
    }
    return;
  }
  assert.deepEqual(calls(only('missing-tool-argument'))[0]?.arguments, { order: 'A-17' }, what);
  assert.deepEqual(
    calls(only('wrong-type-tool-argument'))[0]?.arguments,
    { order: 'A-17', amount: 'many' },
    what,
  );
  assert.deepEqual(calls(only('number-shifted'))[0]?.arguments, { order: 'A-17', amount: 400 }, what);
  assert.equal(calls(only('unknown-tool'))[0]?.name, 'refund_v2', what);
  assert.deepEqual(
    calls(only('dropped-parallel-call')).map(({ name }) => name),
    ['refund'],
    what,
  );
  const twice = calls(only('duplicated-call'));
  assert.deepEqual(
    twice.map(({ name }) => name),
    ['refund', 'track', 'refund'],
    what,
  );
  assert.deepEqual(twice[2]?.arguments, { order: 'A-17', amount: 40 }, what);
  const ids = twice.map(({ id }) => id).filter(id => id !== null);
  assert.equal(new Set(ids).size, ids.length, `${what}: ids of their own`);
  const reordered = calls(only('reordered-parallel-calls'));
  assert.deepEqual(
    reordered.map(({ id, name, arguments: args }) => [id, name, args]),
    calls(call)
      .toReversed()
      .map(({ id, name, arguments: args }) => [id, name, args]),
    `${what}: reordered`,
  );
  assert.deepEqual(calls(only('entity-shifted'))[0]?.arguments, { order: 'A-18', amount: 40 }, what);
  // Behind the tools' results: the same calls again under new ids, or one that an instruction in them asked for.
  const message = { id: null, name: 'refund', content: [], isError: false } as const;
  const results = { role: 'tool', parts: [{ type: 'tool_result', result: message }] } as const;
  const later = { ...target, call: { ...call, messages: [...call.messages, results] }, previous: target };
  const behind = (id: string): Fault =>
    OPERATORS.find(one => one.id === id)!.plan(later)[0] ?? assert.fail(`${what}: ${id}`);
  const again = behind('loop');
  const turns = [1, 2].map(nth => calls(readCall({ ...exchange, answer: again.again!(nth) })!));
  for (const turn of turns) {
    assert.deepEqual(
      turn.map(({ name, arguments: args }) => [name, args]),
      calls(call).map(({ name, arguments: args }) => [name, args]),
      `${what}: loop`,
    );
  }
  const known = [...calls(call), ...turns.flat()].flatMap(({ id }) => id ?? []);
  assert.equal(new Set(known).size, known.length, `${what}: ids of their own in each turn`);
  const [obeyed, ...more] = calls(read(behind('obeyed-injection')));
  assert.deepEqual([obeyed?.name, more], ['refund', []], `${what}: obeyed`);
  assert.match(JSON.stringify(obeyed?.arguments), /canary/, `${what}: obeyed`);
  const prose = only('prose-instead-of-call');
  assert.deepEqual([calls(prose), text(prose)], [[], 'Done. Everything is taken care of.'], what);
  const [invalid] = planned.get('invalid-tool-arguments') ?? [];
  if (invalid)
    assert.equal(typeof calls(read(invalid))[0]?.arguments === 'object', false, `${what}: invalid`);
  else assert.ok(!body.streamed || dialect.startsWith('gemini'), `${what}: arguments are an object`);
}
