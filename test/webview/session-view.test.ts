import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SessionConversation } from '../../src/extension/session-conversation.ts';
import { SessionSearch } from '../../src/extension/session-search.ts';
import { sessionView } from '../../src/extension/session-view.ts';
import { messageViews, stepDetail } from '../../src/extension/step-detail.ts';
import { SiteIndex } from '../../src/timeline/site-index.ts';
import { timelineOf } from '../../src/timeline/timeline.ts';
import type { FromPage, ToPage } from '../../webview/session/messages.ts';
import { sessionOf } from '../tape/tape-session.ts';
import { agentSession } from '../timeline/conversation.ts';
import { showcase } from './made-up.ts';

const show = showcase();
const sites = new SiteIndex(show);

test('a session is sent light: outlines of steps, no contents', () => {
  const view = sessionView(show);
  assert.equal(view.title, 'Refund of a broken machine');
  assert.equal(view.steps.length, show.steps.length);
  assert.deepEqual(view.totals.models, ['gpt-4o-2024-08-06', 'gpt-4o']);
  assert.equal(view.exit, 'exit 1');
  assert.equal(view.failed, true);
  assert.deepEqual(
    view.steps.map(({ kind }) => kind),
    ['call', 'tool', 'call', 'tool', 'tool', 'call', 'call', 'call'],
  );
  const sent = JSON.stringify(view).length;
  assert.ok(sent < 1000 * view.steps.length, `${sent} bytes for ${view.steps.length} steps`);
});

test('a failure that a retry mended is told, and is no failure', () => {
  const [, , mended, , , , , failed] = sessionView(show).steps;
  assert.deepEqual([mended?.failed, mended?.troubles], [false, ['HTTP 429 server_error']]);
  assert.ok(mended?.kind === 'call' && mended.retries === 1 && mended.retryMs === 600);
  assert.equal(failed?.failed, true);
});

test('times of a step count from its beginning, whatever was tried before', () => {
  const call = sessionView(show).steps[5];
  assert.ok(call?.kind === 'call');
  assert.equal(call.at, 2700);
  assert.equal(call.ttftMs, 660);
});

test('hidden characters are written out in what is shown on one line', () => {
  const text = JSON.stringify(sessionView(show));
  assert.doesNotMatch(text, /[\u202a-\u202e\u2066-\u2069]/);
  assert.equal(sessionView(show).output[1]?.text, '\\u001b[33mWARN\\u001b[0m retrying after 429');
});

test('a call comes with its new messages and a few before, and the rest on request', () => {
  const turns = Array.from({ length: 30 }, (_, i) => ({
    said: { tools: { [`id${i}`]: ['look', { i }] as const } },
    results: { [`id${i}`]: `found ${i}` },
  }));
  const timeline = timelineOf(sessionOf(agentSession(turns)));
  const last = timeline.steps.findLast(step => step.kind === 'call')!;
  const detail = stepDetail(timeline, new SiteIndex(timeline), last.index);
  assert.ok(detail?.kind === 'call');
  assert.equal(detail.messageCount, 2 + 29 * 2);
  assert.deepEqual(
    detail.messages.map(({ isNew }) => isNew),
    [false, false, false, false, true, true],
  );
  const earlier = messageViews(timeline, last.index, 0, 3);
  assert.deepEqual(
    earlier.map(({ index, role }) => `${index} ${role}`),
    ['0 system', '1 user', '2 assistant'],
  );
});

test('a result is named after the call that asked for it', () => {
  const detail = stepDetail(show, sites, 2);
  assert.ok(detail?.kind === 'call');
  const result = detail.messages.flatMap(({ parts }) => parts).find(part => part.type === 'tool_result');
  assert.equal(result?.type === 'tool_result' && result.name, 'search_orders');
});

test('a tool call leads to its tool step, from the answer', () => {
  const detail = stepDetail(show, sites, 2);
  assert.ok(detail?.kind === 'call');
  assert.deepEqual(
    detail.answer.map(part => part.type === 'tool_call' && [part.name, part.step]),
    [
      ['refund', 3],
      ['search_orders', 4],
    ],
  );
});

test('changes since the call before: fields as fields, texts word by word', () => {
  const detail = stepDetail(show, sites, 6);
  assert.ok(detail?.kind === 'call');
  assert.equal(detail.previous, 5);
  const change = (section: string, field: string) =>
    detail.changes.find(one => one.section === section && one.field === field);
  assert.deepEqual(
    [change('parameters', 'temperature')?.before?.text, change('parameters', 'temperature')?.after?.text],
    ['0.2', '0.7'],
  );
  const words = change('system', '')?.words ?? [];
  assert.deepEqual(
    words.filter(({ kind }) => kind !== 'same').map(({ kind, text }) => `${kind} ${text}`),
    ['added very ', 'removed do', 'added keep'],
  );
});

test('what is too long is cut, and says by how much', () => {
  const huge = 'x'.repeat(250_000);
  const timeline = timelineOf(sessionOf(agentSession([{ said: { text: huge } }])));
  const detail = stepDetail(timeline, new SiteIndex(timeline), 0);
  assert.ok(detail?.kind === 'call');
  const [part] = detail.answer;
  assert.ok(part?.type === 'text');
  assert.equal(part.text.length + part.left, huge.length);
  assert.equal(part.left, 150_000);
});

test('what was printed belongs to the step during which it came', () => {
  assert.equal(stepDetail(show, sites, 5)?.printed.text, 'Agent: it is refunded\n');
});

test('search finds a step by what it brought, not by the history it repeats', () => {
  const find = (query: string) => [...new SessionSearch(show).find(query)].filter(step => step !== null);
  assert.deepEqual(find('broken, back'), []);
  assert.deepEqual(find('MY ESPRESSO broken'), [0]);
  assert.deepEqual(find('dana@example.com'), [0, 1, 2]);
  assert.deepEqual(find('carrier: DHL'), [5, 6]);
  assert.deepEqual(find(''), []);
});

test('a newer search ends the one before it', async () => {
  const posted: ToPage[] = [];
  const conversation = new SessionConversation({ timeline: show, sites }, actions(posted), false);
  conversation.take({ type: 'search', query: 'refund' });
  conversation.take({ type: 'search', query: 'carrier' });
  await new Promise(resolve => setImmediate(resolve));
  const last = posted.at(-1);
  assert.ok(last?.type === 'hits' && last.query === 'carrier' && last.done);
});

test('a page is hostile: steps that are not there are asked for in vain', () => {
  const posted: ToPage[] = [];
  const conversation = new SessionConversation({ timeline: show, sites }, actions(posted), false);
  for (const step of [-1, 1.5, 99, 'constructor', '__proto__', null]) {
    for (const type of ['detail', 'messages', 'selected', 'openSite', 'openDocument', 'debug']) {
      conversation.take({ type, step, from: 0, to: 1e9, site: 0, follow: true } as unknown as FromPage);
    }
  }
  assert.deepEqual(posted, []);
});

function actions(posted: ToPage[]) {
  const never = (): never => assert.fail('nothing was to be done');
  return {
    post: (message: ToPage) => void posted.push(message),
    selected: never,
    openSite: never,
    openDocument: never,
    debug: never,
    fork: never,
  };
}
