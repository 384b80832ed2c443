import assert from 'node:assert/strict';
import { basename } from 'node:path';
import { test } from 'node:test';
import type { Miss } from '../../src/tape/miss.ts';
import { Tape } from '../../src/tape/tape.ts';
import type { WireRequest } from '../../src/wire/exchange.ts';
import { corpusFiles, corpusSessions, recordedOf, withoutCorpus } from './corpus-sessions.ts';
import { askOf, HeldReply, type Recorded, sessionOf } from './tape-session.ts';

/** Every session of real traffic, asked again in order. */
for (const file of withoutCorpus ? [] : corpusFiles()) {
  test(`replays ${basename(file)}`, async t => {
    let [calls, respelt, missed] = [0, 0, 0];
    for (const session of corpusSessions(file)) {
      const recorded = session.map(recordedOf);
      const { request: first } = recorded[0]!;
      await assertReplays(recorded, recorded);
      calls += recorded.length;

      const again = recorded.map(one => ({ ...one, request: respell(one.request) }));
      respelt += again.filter((one, i) => one.request !== recorded[i]!.request).length;
      await assertReplays(recorded, again);

      for (const change of CHANGES) {
        const asked = changed(first, change);
        if (!asked) continue;
        const miss = await missOf(recorded, asked);
        const paths = miss.differences.map(difference => difference.path);
        assert.ok(
          paths.some(path => path.startsWith(change.field)),
          `${change.field} not in ${paths}`,
        );
        missed++;
      }
    }
    t.diagnostic(`${calls} calls, ${respelt} of them respelt, ${missed} changed and missed`);
    assert.ok(calls > 0);
  });
}

test('real traffic is there', { skip: withoutCorpus }, () => {
  assert.ok(corpusFiles().length > 10);
});

async function assertReplays(recorded: readonly Recorded[], asked: readonly Recorded[]): Promise<void> {
  const tape = new Tape(sessionOf(recorded));
  for (const { request, answer } of asked) {
    const reply = new HeldReply();
    await tape.respond(askOf(request), reply);
    const where = `${request.host}${request.path}`;
    assert.ok(
      reply.labelled === 'EXACT' || reply.labelled === 'RETRY',
      `${where}: ${reply.labelled} ${reply.text}`,
    );
    assert.deepEqual(reply.headed, answer!.head, where);
    assert.deepEqual(
      reply.chunks,
      answer!.chunks.map(chunk => chunk.bytes),
      where,
    );
  }
}

async function missOf(recorded: readonly Recorded[], asked: WireRequest): Promise<Miss> {
  const misses: Miss[] = [];
  const reply = new HeldReply();
  await new Tape(sessionOf(recorded), { onMiss: miss => misses.push(miss) }).respond(askOf(asked), reply);
  assert.equal(reply.labelled, 'MISS', `${asked.host}${asked.path} ${Buffer.from(asked.body)}`);
  return misses[0]!;
}

type Body = Record<string, unknown>;

function bodyOf(request: WireRequest): Body | null {
  try {
    const body: unknown = JSON.parse(Buffer.from(request.body).toString());
    return typeof body === 'object' && body !== null && !Array.isArray(body) ? (body as Body) : null;
  } catch {
    return null;
  }
}

/** Keys in reverse, white space, and new ids for the tool calls, consistently. */
function respell(request: WireRequest): WireRequest {
  const body = bodyOf(request);
  if (!body) return request;
  const reversed = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(reversed);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .reverse()
        .map(([key, child]) => [key, reversed(child)]),
    );
  };
  let text = JSON.stringify(reversed(body), null, 1);
  const calls = Buffer.from(request.body)
    .toString()
    .matchAll(/"(?:tool_call_id|tool_use_id|call_id|toolUseId)"\s*:\s*("[^"\\]{6,}")/g);
  [...new Set([...calls].map(call => call[1]!))].forEach((id, i) => {
    text = text.replaceAll(id, JSON.stringify(`renamed_${i}`));
  });
  return { ...request, body: Buffer.from(text) };
}

interface Change {
  readonly field: string;
  readonly make: (body: Body) => Body | null;
}

const CHANGES: readonly Change[] = [
  { field: '$.temperature', make: body => ({ ...body, temperature: 0.123 }) },
  {
    field: '$.messages[0]',
    make: body => {
      const [first, ...rest] = Array.isArray(body.messages) ? body.messages : [];
      return first?.content === undefined
        ? null
        : { ...body, messages: [{ ...first, content: 'another prompt' }, ...rest] };
    },
  },
  {
    field: '$.contents[0]',
    make: body =>
      Array.isArray(body.contents)
        ? {
            ...body,
            contents: [{ role: 'user', parts: [{ text: 'another prompt' }] }, ...body.contents.slice(1)],
          }
        : null,
  },
  {
    field: '$.tools[0]',
    make: body => {
      const [first, ...rest] = Array.isArray(body.tools) ? body.tools : [];
      return first?.function?.parameters === undefined
        ? null
        : {
            ...body,
            tools: [{ ...first, function: { ...first.function, parameters: { type: 'changed' } } }, ...rest],
          };
    },
  },
];

function changed(request: WireRequest, { make }: Change): WireRequest | null {
  const body = bodyOf(request);
  const made = body && make(body);
  return made && { ...request, body: Buffer.from(JSON.stringify(made)) };
}
