import { type Timeline, timelineOf } from '../../src/timeline/timeline.ts';
import { sessionOf } from '../tape/tape-session.ts';
import { agentSession, type Said, system, user } from '../timeline/conversation.ts';
import { HOSTILE } from './made-up.ts';

export interface TwoRuns {
  readonly good: Timeline;
  readonly bad: Timeline;
}

const OPENING = [
  system('You are a support agent of a coffee shop. Look orders up before you promise anything.'),
  user('Where is my espresso machine?'),
];

const RULES = 'Be short, be kind, and never promise what you cannot keep.';

/** The same agent twice; on the second day the shop's system answers otherwise. */
export function driftedTool(status = 'delayed', body: object = {}): TwoRuns {
  const order = (state: string) =>
    JSON.stringify({ order: { id: 'ORD-1042', item: 'Espresso machine', status: state, price: 249 } });
  const turns = (state: string, said: Said) => [
    {
      said: { tools: { a: ['find_customer', { name: 'Dana' }] } } satisfies Said,
      results: { a: '{"customer": 7}' },
    },
    {
      said: { tools: { b: ['search_orders', { customer: 7 }] } } satisfies Said,
      results: { b: order(state) },
    },
    { said },
  ];
  const wire = { v: 1, l: 'p', q: 1, p: 1, t: 1, w: 's', f: [['/shop/order_agent.py', 41, 0, 'ask']] };
  const site = Buffer.from(JSON.stringify(wire)).toString('base64url');
  const run = (id: string, name: string, state: string, said: Said, more: object = {}): Timeline => {
    const recorded = agentSession(
      turns(state, said).map(turn => ({ ...turn, body: more })),
      OPENING,
    ).map(call => ({ ...call, site }));
    return timelineOf(named(sessionOf(recorded), id, name));
  };
  return {
    good: run('aa', 'Monday', 'shipped', {
      text: 'Good news: your machine is on its way. It was shipped this morning.',
    }),
    bad: run('bb', 'Tuesday', status, { tools: { c: ['refund', { order: 'ORD-1042', amount: 249 }] } }, body),
  };
}

/** Only a setting differs, and so does the answer. */
export function changedSetting(): TwoRuns {
  const run = (id: string, name: string, temperature: number, text: string): Timeline =>
    timelineOf(
      named(sessionOf(agentSession([{ said: { text }, body: { temperature } }], OPENING)), id, name),
    );
  return {
    good: run('aa', 'Monday', 0, 'It was shipped this morning.'),
    bad: run('bb', 'Tuesday', 1.2, `I think it might be lost. ${RULES}`),
  };
}

/** Recorded text that tries to become a page of its own. */
export const hostile = (): TwoRuns => driftedTool(HOSTILE);

/** So many calls, the last of which differs. */
export function longRuns(calls: number): TwoRuns {
  const run = (id: string, end: string): Timeline => {
    const recorded = Array.from({ length: calls }, (_, i) =>
      agentSession(
        [{ said: { text: i === calls - 1 ? end : `Value ${i}` } }],
        [system('You look things up.'), user(`Key ${i}`)],
        i * 100,
      ),
    ).flat();
    return timelineOf(named(sessionOf(recorded), id, `${calls} calls`));
  };
  return { good: run('aa', 'All done.'), bad: run('bb', 'Nothing was found at all.') };
}

function named(
  session: ReturnType<typeof sessionOf>,
  id: string,
  name: string,
): ReturnType<typeof sessionOf> {
  return {
    ...session,
    start: { ...session.start, id: id.repeat(16), name, command: ['python', 'order_agent.py'] },
    exit: { at: 3000, code: 0, signal: null },
  };
}
