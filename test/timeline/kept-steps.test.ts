import assert from 'node:assert/strict';
import { readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { readCall } from '../../src/providers/read-call.ts';
import { type Home, logPath, sessionFolder } from '../../src/sessions/home.ts';
import { readSession } from '../../src/sessions/reader.ts';
import { removeSession } from '../../src/sessions/remove.ts';
import type { SessionReader, ToolRun } from '../../src/sessions/session.ts';
import { Evaluator } from '../../src/timeline/evaluate.ts';
import { parseExpression } from '../../src/timeline/expression.ts';
import { GrowingTimeline } from '../../src/timeline/growing-timeline.ts';
import { type Timeline, timelineOf } from '../../src/timeline/timeline.ts';
import { record, startSession, temporaryHome } from '../sessions/temporary-home.ts';
import { sessionOf } from '../tape/tape-session.ts';
import { agentSession, assistant, chatCall, type Said, system, user } from './conversation.ts';

const run: ToolRun = { at: 20_060, durationMs: 42, name: 'look', callId: 'c20', arguments: {}, site: 'site' };

/** What a timeline can hold: tools with and without results, a broken argument, an error, a retry, another exchange. */
const turns = Array.from({ length: 40 }, (_, i): { said: Said; results?: Record<string, string> } =>
  i % 4 === 0
    ? {
        said: { tools: { [`c${i}`]: ['look', { i }] } },
        ...(i % 8 === 0 ? {} : { results: { [`c${i}`]: `${i}` } }),
      }
    : { said: { text: `turn ${i}` } },
);

const TOOLS = [{ type: 'function', function: { name: 'look', description: 'Looks.', parameters: {} } }];

/** What a conversation has said before its call `turn`. */
const history = (turn: number): ReturnType<typeof user>[] =>
  Array.from({ length: turn }, (_, i) => [assistant({ text: `answer ${i}` }), user(`more ${i}`)]).flat();

async function recorded(t: TestContext, lanes = 3): Promise<{ home: Home; id: string }> {
  const home = temporaryHome(t);
  const writer = startSession(home);
  const failed = chatCall([user('again')], { status: 500, text: 'no' }, { at: 50_000 });
  const again = chatCall([user('again')], { text: 'yes' }, { at: 51_000 });
  const broken = chatCall([user('broken')], { tools: { x: ['look', 'cut off'] } }, { at: 52_000 });
  const text = Buffer.from(broken.answer!.chunks[0]!.bytes).toString().replace('cut off\\"', 'cut off');
  const cut = { ...broken, answer: { ...broken.answer!, chunks: [{ at: 50, bytes: Buffer.from(text) }] } };
  const other = {
    ...chatCall([user('x')], {}, { at: 53_000 }),
    request: { ...failed.request, path: '/health' },
  };
  const agents = Array.from({ length: lanes }, (_, lane) =>
    agentSession(turns, [user(`task ${lane}`)], lane),
  );
  const exchanges = [...agents.flat(), failed, again, cut, other];
  for (const exchange of sessionOf(exchanges).exchanges()) record(writer, exchange);
  writer.tool(run);
  await writer.seal();
  return { home, id: writer.id };
}

/** The session, how many of its exchanges or requests were read, and how many answers with them. */
function counted(
  home: Home,
  id: string,
): { readonly session: SessionReader; readonly reads: () => number; readonly answers: () => number } {
  const session = readSession(home, id);
  const [exchange, request] = [session.exchange.bind(session), session.request!.bind(session)];
  let [reads, answers] = [0, 0];
  session.exchange = seq => {
    reads++;
    answers++;
    return exchange(seq);
  };
  session.request = seq => {
    reads++;
    return request(seq);
  };
  return { session, reads: () => reads, answers: () => answers };
}

/** With the calls of its steps. */
const plain = ({ steps, lanes, others }: Timeline): object => ({
  steps: steps.map(step => ({ ...step })),
  lanes,
  others,
});

test('the steps of a long session are kept when it is read, and the same when they come back', async t => {
  const { home, id } = await recorded(t);
  const first = counted(home, id);
  const whole = timelineOf(first.session);
  assert.equal(first.reads(), 124);
  const second = counted(home, id);
  const kept = timelineOf(second.session);
  assert.equal(second.reads(), 0);
  assert.ok(kept.steps.some(step => step.kind === 'call' && step.attempts.length === 2));
  assert.ok(kept.steps.some(step => step.kind === 'tool' && step.run?.site === 'site'));
  assert.ok(kept.steps.some(step => step.kind === 'tool' && step.call.arguments === undefined));
  assert.deepEqual(plain(kept), plain(whole));
  const growing = new GrowingTimeline(second.session);
  assert.ok(growing.whole);
  assert.deepEqual(plain(growing.timeline()), plain(whole));
});

test('a timeline that is read slice by slice leaves its steps behind too', async t => {
  const { home, id } = await recorded(t);
  const growing = new GrowingTimeline(readSession(home, id));
  while (!growing.advance(1));
  const { session, answers } = counted(home, id);
  assert.deepEqual(plain(timelineOf(session)), plain(growing.timeline()));
  assert.ok(answers() <= session.length, 'read for its calls only');
});

test('of a call of kept steps only the request is read, until its answer is looked at', async t => {
  const { home, id } = await recorded(t);
  timelineOf(readSession(home, id));
  const { session, answers } = counted(home, id);
  const step = timelineOf(session).steps.find(one => one.kind === 'call' && one.error?.status !== 500)!;
  assert.ok(step.kind === 'call');
  const growing = new GrowingTimeline(session).timeline().steps[step.index]!;
  assert.ok(growing.kind === 'call');
  const whole = readCall(readSession(home, id).exchange(step.seq))!;
  for (const { call } of [step, growing]) {
    assert.deepEqual(call.messages, whole.messages);
    assert.deepEqual(
      [call.tools, call.system, call.parameters],
      [whole.tools, whole.system, whole.parameters],
    );
  }
  assert.equal(answers(), 0);
  for (const { call } of [step, growing]) {
    assert.deepEqual(call.output, step.output);
    assert.deepEqual({ ...call }, whole);
  }
  assert.equal(answers(), 2);
});

test('kept steps are never the truth', async t => {
  const { home, id } = await recorded(t);
  const whole = plain(timelineOf(readSession(home, id)));
  const file = `${logPath(home, id)}.steps`;
  const good = readFileSync(file);
  const isReadAnew = (): void => {
    const { session, reads } = counted(home, id);
    const timeline = timelineOf(session);
    assert.equal(reads(), session.length);
    assert.deepEqual(plain(timeline), whole);
  };
  for (const at of [0, 5, good.length >> 1, good.length - 1]) {
    const bad = Buffer.from(good);
    bad[at] = bad[at]! ^ 0x55;
    writeFileSync(file, bad);
    isReadAnew();
  }
  for (const bad of ['', 'null\n', '{}\n', 'steps']) {
    writeFileSync(file, bad);
    isReadAnew();
  }
  writeFileSync(file, good);
  utimesSync(logPath(home, id), 1, 1);
  isReadAnew();
});

test('what every call was sent alike is known of kept steps without reading a call', async t => {
  const home = temporaryHome(t);
  const writer = startSession(home);
  const calls = Array.from({ length: 120 }, (_, i) =>
    chatCall(
      [system(i < 70 ? 'Be kind.' : 'Be brief.'), user('Begin.'), ...history(i)],
      { text: `answer ${i}` },
      { at: i * 1000 },
      { temperature: i < 40 ? 0.2 : 0.9, tools: i % 2 ? TOOLS : TOOLS.map(tool => ({ ...tool })) },
    ),
  );
  for (const exchange of sessionOf(calls).exchanges()) record(writer, exchange);
  await writer.seal();
  timelineOf(readSession(home, writer.id));
  const { session, reads } = counted(home, writer.id);
  const timeline = timelineOf(session);
  assert.equal(timeline.lanes.length, 1);
  const evaluator = new Evaluator(timeline);
  const changes = (text: string): readonly number[] => {
    const expression = parseExpression(text);
    return timeline.steps.flatMap(step => (evaluator.changed(expression, step) ? [step.index] : []));
  };
  assert.deepEqual(changes('request.model'), []);
  assert.deepEqual(changes('request.tools'), []);
  assert.deepEqual(changes('request.tools.look.function.description'), []);
  assert.deepEqual(changes('request.messages[999]'), []);
  assert.equal(reads(), 0);
  assert.deepEqual(changes('request.messages[0]'), [70]);
  assert.deepEqual(changes('request.messages[1].content'), []);
  assert.deepEqual(changes('request.system'), [70]);
  assert.deepEqual(changes('request.parameters.temperature'), [40]);
  assert.deepEqual(changes('$.request.parameters.top_p'), []);
  assert.ok(reads() <= 4, 'only the calls on both sides of a change');
  assert.equal(changes('request.messages').length, 119);
});

test('other prices make other steps', async t => {
  const { home, id } = await recorded(t);
  const costs = ({ steps }: Timeline): readonly unknown[] =>
    steps.map(step => (step.kind === 'call' ? step.costUsd : null));
  const dear = timelineOf(readSession(home, id));
  assert.ok(costs(dear).some(Boolean));
  const free = timelineOf(readSession(home, id), { prices: [] });
  assert.ok(!costs(free).some(Boolean));
});

test('a short session, and one that is being recorded, keep nothing; a removed one leaves nothing', async t => {
  const short = await recorded(t, 1);
  timelineOf(readSession(short.home, short.id));
  assert.deepEqual(readdirSync(sessionFolder(short.home, short.id)), ['log']);
  const home = temporaryHome(t);
  const writer = startSession(home);
  const many = Array.from({ length: 120 }, (_, i) => chatCall([user(`${i}`)], { text: 'x' }));
  for (const exchange of sessionOf(many).exchanges()) record(writer, exchange);
  timelineOf(readSession(home, writer.id));
  assert.deepEqual(readdirSync(sessionFolder(home, writer.id)).sort(), ['lock', 'log']);
  await writer.seal();
  timelineOf(readSession(home, writer.id));
  assert.deepEqual(readdirSync(sessionFolder(home, writer.id)).sort(), ['log', 'log.steps']);
  removeSession(home, writer.id);
  assert.deepEqual(readdirSync(home.sessions), []);
});
