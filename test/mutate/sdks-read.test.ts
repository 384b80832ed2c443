/** Every operator on every vendor's form of answer, read by the vendor's own SDK: it sees what was meant, or raises what was meant. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { startEmulator } from '../../src/emulator/emulator.ts';
import { type Fault, neverEnds, type Target } from '../../src/mutate/operator.ts';
import { OPERATORS } from '../../src/mutate/operators.ts';
import { editableAnswer } from '../../src/providers/editing/editable-answer.ts';
import { shapeOf } from '../../src/providers/editing/shapes.ts';
import { readCall } from '../../src/providers/read-call.ts';
import type { Answer, Exchange } from '../../src/wire/exchange.ts';
import { ask, FORMS, type Form, modelOf, script } from '../emulator/vendor-forms.ts';
import { python } from './lab.ts';
import { parsed, readByNode, type Seen } from './sdk-readers.ts';

interface Case {
  readonly what: string;
  readonly operator: string;
  readonly form: Form;
  readonly words: string;
  readonly exchange: Exchange;
  readonly answer: Answer;
  /** There is no answer in it. */
  readonly lost: boolean;
}

const cases: Case[] = [];
const emulator = await startEmulator({ script });
for (const form of FORMS) {
  for (const words of ['talk', 'act'])
    cases.push(...casesOf(form, words, await ask(emulator.url, form, words)));
}
await emulator.close();

const server = await serve();
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
after(() => {
  server.closeAllConnections();
  server.close();
});

test("the vendors' SDKs for Node read the fault that was meant", async () => {
  const seen: Seen[] = [];
  for (const [n, { form, words }] of cases.entries())
    seen.push(await readByNode(form, words, `${url}/case/${n}`));
  assert.deepEqual(otherwise(seen), []);
});

test("the vendors' SDKs for Python read the fault that was meant", async () => {
  const reader = spawn(python, [fileURLToPath(new URL('./sdk_reader.py', import.meta.url)), url], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const asked = cases.map(({ form, words }) => ({ ...form, body: form.body(words), model: modelOf(form) }));
  reader.stdin.end(JSON.stringify(asked));
  const seen: Seen[] = [];
  for await (const line of createInterface(reader.stdout)) seen.push(JSON.parse(line) as Seen);
  assert.equal(seen.length, cases.length);
  assert.deepEqual(otherwise(seen), []);
});

const otherwise = (seen: readonly Seen[]): readonly string[] =>
  seen.flatMap((one, n) => (isAsMeant(cases[n]!, one) ? [] : [`${cases[n]!.what}: ${JSON.stringify(one)}`]));

function casesOf(form: Form, words: string, exchange: Exchange): readonly Case[] {
  const call = readCall(exchange)!;
  const body = editableAnswer(exchange.answer);
  const shape = shapeOf(form.dialect, body);
  assert.ok(body && shape, form.name);
  const first: Target = { exchange, call, shape, body, earlier: [], siblings: [], previous: null };
  // Behind a tool's result: what a model in a loop, or one that obeys an instruction in it, says.
  const result = { id: null, name: 'refund', content: [], isError: false } as const;
  const results = { role: 'tool', parts: [{ type: 'tool_result', result }] } as const;
  const later: Target = {
    ...first,
    call: { ...call, messages: [...call.messages, results] },
    previous: first,
  };
  return OPERATORS.flatMap(operator => {
    const target = words === 'act' && /^(loop|obeyed-injection)$/.test(operator.id) ? later : first;
    return operator.plan(target).flatMap((fault: Fault): Case[] => {
      if (fault.answer === 'hang' || neverEnds(fault)) return [];
      const what = `${operator.id} in ${form.name}, ${words}`;
      return [{ what, operator: operator.id, form, words, exchange, answer: fault.answer, lost: fault.lost }];
    });
  });
}

/** Answers `/case/<n>/…` as the n-th case does. */
async function serve(): Promise<Server> {
  const server = createServer((request, response) => {
    const { answer } = cases[Number(request.url!.split('/')[2])]!;
    request.resume().on('end', () => {
      if (answer.head) {
        const { status, reason, headers } = answer.head;
        response.writeHead(status, reason, headers.flat());
      }
      for (const { bytes } of answer.chunks) response.write(bytes);
      if (answer.end.kind === 'complete') response.end();
      // What was written goes out first.
      else setTimeout(() => request.socket.resetAndDestroy(), 20);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

/** Whether the SDK sees what was meant. */
function isAsMeant({ operator, exchange, answer, lost }: Case, seen: Seen): boolean {
  const status = answer.head?.status ?? 0;
  if (status >= 400) return seen.error?.status === status;
  if (answer.end.kind !== 'complete') return seen.error !== null;
  const read = readCall({ ...exchange, answer });
  // No good answer: it is an exception, or there is nothing in it.
  if (lost || !read || read.error || read.problems.length > 0)
    return seen.error !== null || (seen.text === '' && seen.calls.length === 0);
  const { parts } = read.output;
  const meant: Seen = {
    text: parts.flatMap(part => (part.type === 'text' ? [part.text] : [])).join(''),
    calls: parts.flatMap(part =>
      part.type === 'tool_call' ? [[part.call.name, parsed(part.call.argumentsText)] as const] : [],
    ),
    error: null,
  };
  // Pieces that come twice are twice in what is put together; the whole, where a vendor sends it too, has them once.
  if (operator === 'stream-duplicated-event') return !seen.error && seen.text.length >= meant.text.length;
  return isDeepStrictEqual(seen, meant);
}
