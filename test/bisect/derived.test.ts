/** What follows from something else is not called a cause, and what may have been chance is not hidden behind one. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bisectSessions } from '../../src/bisect/bisect.ts';
import type { Report } from '../../src/bisect/report.ts';
import type { SessionReader } from '../../src/sessions/session.ts';
import { answerOf, type Recorded, requestOf, sessionOf } from '../tape/tape-session.ts';
import { chatCall, system, user } from '../timeline/conversation.ts';
import { divergedAt, goodRun, withNoise } from './plants.ts';
import { type Run, sessionIn } from './scenario.ts';
import { VENDORS } from './vendors.ts';

const vendor = (name: string) => VENDORS.find(one => one.name === name)!;
const compared = (good: Run, bad: Run, name = 'OpenAI chat'): Report =>
  bisectSessions(sessionIn(vendor(name), good), sessionIn(vendor(name), bad));
const named = ({ causes }: Report): readonly string[] => causes.map(({ id, step }) => `${id}@${step}`);

test("another client's name is told beside what is found, and is no cause", () => {
  const sent = (client: string, run: Run): Run => ({ ...run, headers: { 'user-agent': client } });
  const report = compared(sent('sdk/1', goodRun()), sent('sdk/2', divergedAt(2, goodRun())));
  assert.deepEqual(named(report), ['model_nondeterminism_sampled@2']);
  assert.match(report.causes[0]!.evidence.facts.join(), /Besides: user-agent was sdk\/1 in good and sdk\/2/);
});

test('a cause behind other words of the model: both are named, and neither for certain', () => {
  const warm = {
    ...goodRun(),
    turns: goodRun().turns.map((turn, i) => (i < 2 ? turn : { ...turn, with: { model: 'model-b' } })),
  };
  const report = compared(goodRun(), withNoise(divergedAt(2, warm), 2));
  assert.deepEqual(named(report), ['model_version_changed@2', 'model_nondeterminism_sampled@0']);
  assert.deepEqual(new Set(report.causes.map(({ status }) => status)), new Set(['SUGGESTED']));
});

test('a call that breaks its schema for the same request: what went wrong, and that it was chance', () => {
  const bad = divergedAt(2, goodRun(), { calls: [{ name: 'delete_everything', args: {} }] });
  assert.deepEqual(named(compared(goodRun(), bad)), [
    'malformed_model_output@2',
    'model_nondeterminism_sampled@2',
  ]);
});

test('a connection that breaks behind the last word is a failure all the same', () => {
  const call = chatCall([user('Hello?')], { text: 'Hello!' });
  const broken: Recorded = {
    ...call,
    answer: { ...call.answer!, end: { kind: 'reset', at: 60, message: 'read ECONNRESET' } },
  };
  const report = bisectSessions(sessionOf([call]), sessionOf([broken]));
  assert.deepEqual(report.divergence && [report.divergence.step, report.divergence.behaviour], [0, 0]);
  assert.deepEqual(named(report), ['stream_cut@0']);
});

test('reasoning that one agent sends back and the other keeps to itself is a change of the agent, where both models gave it', () => {
  const session = (thoughts: string | null, kept: boolean, end: string): SessionReader => {
    const said = {
      role: 'assistant',
      content: 'Let me see.',
      ...(thoughts ? { reasoning_content: thoughts } : {}),
    };
    const { reasoning_content: _, ...plain } = said as { reasoning_content?: string };
    const completion = (message: object): NonNullable<Recorded['answer']> =>
      answerOf(
        JSON.stringify({
          object: 'chat.completion',
          choices: [{ index: 0, message, finish_reason: 'stop' }],
        }),
      );
    const call = (messages: readonly object[], message: object): Recorded => ({
      request: requestOf({ model: 'm-1', messages }),
      answer: completion(message),
    });
    return sessionOf([
      call([user('Go.')], said),
      call([user('Go.'), kept ? said : plain, user('And?')], { role: 'assistant', content: end }),
    ]);
  };
  const [silent, open] = [session('Hm.', false, 'Done.'), session('Aha.', true, 'Not yet.')];
  const report = bisectSessions(silent, open);
  assert.deepEqual(named(report), ['sdk_or_api_version_changed@1', 'model_nondeterminism_sampled@1']);
  assert.match(report.causes[0]!.detail, /reasoning_content is sent back to it in bad only/);
  // Its model gave none: there was nothing to send back.
  assert.deepEqual(named(bisectSessions(session(null, true, 'Done.'), open)), [
    'model_nondeterminism_sampled@1',
  ]);
});

test('a request that the provider refuses: what changed in it first, then the failure', () => {
  const bad = divergedAt(
    1,
    {
      ...goodRun(),
      turns: goodRun().turns.map((turn, i) => (i === 1 ? { ...turn, with: { model: 'model-x' } } : turn)),
    },
    { status: 404, error: { type: 'not_found_error', message: 'no such model' } },
  );
  const { causes } = compared(goodRun(), bad);
  assert.deepEqual(
    causes.map(({ id, status }) => [id, status]),
    [
      ['model_version_changed', 'ISOLATED'],
      ['provider_error_unrecovered', 'SUGGESTED'],
    ],
  );
});

test('a setting that only says what is taken anyway shares no blame', () => {
  const bad = divergedAt(0, {
    ...goodRun(),
    model: 'model-b',
    parameters: { ...goodRun().parameters, n: 1, seed: 1 },
  });
  const { causes } = compared(goodRun(), bad);
  assert.deepEqual(
    causes.map(({ id, status }) => [id, status]),
    [
      ['model_version_changed', 'ISOLATED'],
      ['sampling_params_changed', 'SUGGESTED'],
      ['seed_changed', 'SUGGESTED'],
    ],
  );
  assert.match(causes[1]!.evidence.facts.join(), /what the vendor takes where nothing is sent/);
});

test('documents between rulers are retrieved context', () => {
  const asked = (found: string): Run => ({
    ...goodRun(),
    user: `Context information is below.\n---------------------\nfile_path: a.txt\n\n${found}\n---------------------\nGiven the context information, answer.\nQuery: Who wrote it?\nAnswer: `,
  });
  const report = compared(asked('It was Ada.'), divergedAt(0, asked('It was Grace.')));
  assert.deepEqual(named(report), ['retrieved_context_drift@0']);
});

test('documents that are embedded and then put into a prompt are one cause, where they come in', () => {
  const session = (document: string, end: string): SessionReader =>
    sessionOf([
      {
        request: requestOf(
          { model: 'text-embedding-3-small', input: [document, 'We ship daily.', 'When?'] },
          { path: '/v1/embeddings' },
        ),
        answer: answerOf('{"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.1]}]}'),
      },
      chatCall([system(`Answer from this text only:\n${document}`), user('When?')], { text: end }),
    ]);
  const report = bisectSessions(
    session('Refunds take two days.', 'Two.'),
    session('Refunds take ten days.', 'Ten.'),
  );
  assert.deepEqual(
    report.causes.map(({ id, step, status }) => [id, step, status]),
    [['retrieved_context_drift', 0, 'ISOLATED']],
  );
});

test('what differs in a conversation beside, unanswered when the agents parted, is no cause', () => {
  const session = (model: string, takes: number, end: string): SessionReader =>
    sessionOf([
      chatCall([system('Plan.'), user('Plan it.')], { text: 'A plan.' }, { at: 0, takes: 50 }),
      chatCall([system('Look.'), user('Look it up.')], { text: 'Found.' }, { at: 100, takes }, { model }),
      chatCall([system('Write.'), user('Write it.')], { text: end }, { at: 200, takes: 50 }),
    ]);
  const beside = bisectSessions(session('model-a', 500, 'Done.'), session('model-b', 500, 'Not yet.'));
  assert.deepEqual(named(beside), ['model_nondeterminism_sampled@2']);
  assert.deepEqual(
    beside.later.map(({ id, step }) => [id, step]),
    [['model_version_changed', 1]],
  );
});

test('where the very same request is answered otherwise in the end, no earlier one is to blame for that', () => {
  const session = (model: string, end: string, everywhere = false): SessionReader =>
    sessionOf([
      chatCall([system('Look.'), user('Look it up.')], { text: 'Found.' }, { at: 0 }, { model }),
      chatCall(
        [system('Write.'), user('Write it.')],
        { text: end },
        { at: 200 },
        everywhere ? { model } : {},
      ),
    ]);
  const once = bisectSessions(session('model-a', 'Done.'), session('model-b', 'Not yet.'));
  assert.deepEqual([once.divergence?.step, once.divergence?.behaviour], [0, 1]);
  assert.deepEqual(named(once), ['model_version_changed@0', 'model_nondeterminism_sampled@1']);
  assert.equal(once.causes[0]!.status, 'SUGGESTED');
  assert.match(once.causes[0]!.evidence.facts.join(), /not what was answered otherwise there/);
  const always = bisectSessions(session('model-a', 'Done.', true), session('model-b', 'Not yet.', true));
  assert.deepEqual(named(always), ['model_version_changed@0']);
});

test('ids of its own calls in what a tool gives are no drift', () => {
  const run = (ids: string): Run => ({
    ...goodRun(),
    ids,
    turns: [
      { calls: [{ name: 'search_orders', args: {} }], results: [`See <content call="${ids}_0_0"> below.`] },
      { text: ids === 'first_run' ? 'On its way.' : 'It left.' },
    ],
  });
  assert.deepEqual(named(compared(run('first_run'), run('second_run'))), ['model_nondeterminism_sampled@1']);
});

test('the same conversation in the messages of one endpoint, and in the state of another', () => {
  const chat = sessionIn(vendor('OpenAI chat'), goodRun());
  const kept: readonly Recorded[] = [...sessionIn(vendor('OpenAI responses'), goodRun()).exchanges()].map(
    ({ request, answer }, i) => ({
      request: { ...request, body: ownTurn(request.body, i) },
      answer: identified(answer, i),
    }),
  );
  assert.deepEqual(named(bisectSessions(chat, sessionOf(kept))), ['sdk_or_api_version_changed@0']);
});

type Answer = Recorded['answer'];

/** The new messages alone, behind the answer before. */
function ownTurn(body: Uint8Array, i: number): Buffer {
  const sent = JSON.parse(Buffer.from(body).toString()) as {
    input: { type?: string }[];
    instructions?: string;
  };
  if (i === 0) return Buffer.from(body);
  const from = sent.input.findLastIndex(({ type }) => type === 'function_call') + 1;
  const { instructions: _, ...rest } = sent;
  return Buffer.from(
    JSON.stringify({ ...rest, input: sent.input.slice(from), previous_response_id: `resp_${i - 1}` }),
  );
}

function identified(answer: NonNullable<Answer>, i: number): NonNullable<Answer> {
  const value = JSON.parse(Buffer.concat(answer.chunks.map(({ bytes }) => bytes)).toString()) as object;
  return {
    ...answer,
    chunks: [{ at: 50, bytes: Buffer.from(JSON.stringify({ ...value, id: `resp_${i}` })) }],
  };
}

test('words beside a tool result are read', () => {
  const session = (note: string, end: string): SessionReader => {
    const asked = {
      role: 'assistant',
      content: [{ type: 'tool_use', id: 'toolu_1', name: 'look', input: {} }],
    };
    const result = { type: 'tool_result', tool_use_id: 'toolu_1', content: 'found' };
    const call = (messages: readonly object[], content: readonly object[]): Recorded => ({
      request: requestOf(
        { model: 'claude-sonnet-4-5', max_tokens: 9, messages },
        { host: 'api.anthropic.com', path: '/v1/messages' },
      ),
      answer: answerOf(
        JSON.stringify({ type: 'message', role: 'assistant', content, stop_reason: 'end_turn' }),
      ),
    });
    const opening = { role: 'user', content: 'Go.' };
    return sessionOf([
      call([opening], asked.content),
      call(
        [opening, asked, { role: 'user', content: [result, { type: 'text', text: note }] }],
        [{ type: 'text', text: end }],
      ),
    ]);
  };
  const report = bisectSessions(
    session('Be quick.', 'Done.'),
    session('Take your time and explain.', 'First …'),
  );
  assert.deepEqual(named(report), ['user_input_changed@1']);
});

test('a failure that trying again mended is no cause, and told', () => {
  const session = (...failures: readonly number[]): SessionReader =>
    sessionOf([
      ...failures.map((status, i) => chatCall([user('Go.')], { status }, { at: i * 100 })),
      chatCall([user('Go.')], { text: 'Done.' }, { at: 1000 }),
    ]);
  const told = (good: SessionReader, bad: SessionReader): unknown => {
    const { divergence, notes } = bisectSessions(good, bad);
    return [divergence, ...notes];
  };
  assert.deepEqual(told(session(), session(429, 500)), [
    null,
    'Failures that trying again mended: bad at call 0 (429, 500).',
  ]);
  assert.deepEqual(told(session(529), session()), [
    null,
    'Failures that trying again mended: good at call 0 (529).',
  ]);
  assert.deepEqual(told(session(429), session(503)), [null]);
});

test('behind the end of a recording that was never finished, nothing is known', () => {
  const good = sessionIn(vendor('OpenAI chat'), goodRun());
  const torn = {
    ...sessionIn(vendor('OpenAI chat'), { ...goodRun(), turns: goodRun().turns.slice(0, 2) }),
    sealed: false,
  };
  const report = bisectSessions(good, torn);
  assert.deepEqual(
    report.causes.map(({ id, status }) => [id, status]),
    [['unknown', 'INCONCLUSIVE']],
  );
  assert.match(report.notes.join(), /bad: the recording was not finished/);
});

test('questions asked side by side are held each against its own, whatever the model and the order', () => {
  const session = (model: string, ...words: readonly string[]): SessionReader =>
    sessionOf(
      words.map((word, i) =>
        chatCall(
          [system('Repeat.'), user(`Say ${word}`)],
          { text: word, model },
          { at: i, takes: 500 },
          { model },
        ),
      ),
    );
  const report = bisectSessions(
    session('gpt-4.1', 'Alpha', 'Beta', 'Gamma'),
    session('gpt-5', 'Alpha', 'Gamma', 'Beta'),
  );
  assert.deepEqual(named(report), ['model_version_changed@0']);
  assert.equal(report.divergence?.behaviour, null);
});
