import type { Hands } from '../../src/dap/rewind-session.ts';
import type { OutputPiece, SessionReader } from '../../src/sessions/session.ts';
import { answerOf, type Recorded, requestOf, sessionOf } from '../tape/tape-session.ts';
import { assistant, chatCall, system, toolResult, user } from '../timeline/conversation.ts';

/** The value of the call-site header for these frames, innermost first. */
export function siteOf(...frames: readonly (readonly [file: string, line: number, name: string])[]): string {
  const f = frames.map(([file, line, name]) => [file, line, 3, name]);
  const site = { v: 1, l: 'n', q: 1, p: 100, t: 0, w: 's', f };
  return Buffer.from(JSON.stringify(site)).toString('base64url');
}

export const AGENT = '/shop/agent.ts';

const SEARCH = {
  type: 'function',
  function: {
    name: 'search',
    description: 'Finds pages.',
    parameters: { type: 'object', properties: { q: { type: 'string' } }, required: ['q'] },
  },
};
const WEATHER = {
  type: 'function',
  function: { name: 'weather', description: 'Tells the weather.', parameters: { type: 'object' } },
};

/**
 * An agent that calls two tools, one of which asks a sub-agent, meets a rate limit, has its prompt and temperature
 * changed on the way, is cut off at the end, and prints as it goes.
 */
export function agentRecording(): SessionReader {
  const opening = [system('You are the main agent.'), user('Plan a trip to Oslo.')];
  const asked = assistant({
    text: null,
    tools: { a: ['search', { q: 'Oslo' }], b: ['weather', { city: 'Oslo' }] },
  });
  const answers = [toolResult('a', 'Oslo is in Norway.'), toolResult('b', 'rain')];
  const again = assistant({ text: null, tools: { c: ['search', { q: 'Oslo' }] } });
  const body = { tools: [SEARCH, WEATHER], temperature: 0.2 };
  const main = (line: number): string => siteOf([AGENT, line, 'plan'], [AGENT, 90, 'main']);
  const first = chatCall(
    opening,
    { tools: { a: ['search', { q: 'Oslo' }], b: ['weather', { city: 'Oslo' }] }, inputTokens: 20 },
    { at: 0 },
    body,
  );
  const sub = chatCall(
    [system('You are the researcher.'), user('Find out about Oslo.')],
    { text: 'Oslo is in Norway.', model: 'gpt-4o-mini-2024-07-18' },
    { at: 200 },
    { model: 'gpt-4o-mini' },
  );
  const limited: Recorded = {
    ...chatCall([...opening, asked, ...answers], { status: 429, text: 'slow down' }, { at: 1000 }, body),
    site: main(20),
  };
  const second = chatCall(
    [...opening, asked, ...answers],
    { tools: { c: ['search', { q: 'Oslo' }] }, inputTokens: 40 },
    { at: 1200 },
    body,
  );
  const changed = [system('You are the main agent. Be brief.'), ...opening.slice(1)];
  const third: Recorded = {
    request: requestOf({
      model: 'gpt-4o',
      messages: [...changed, asked, ...answers, again, toolResult('c', 'Oslo is large.')],
      ...body,
      temperature: 0.9,
    }),
    answer: answerOf(
      JSON.stringify({
        id: 'chatcmpl-9',
        object: 'chat.completion',
        model: 'gpt-4o-2024-08-06',
        choices: [{ index: 0, message: { role: 'assistant', content: 'Take an' }, finish_reason: 'length' }],
        usage: { prompt_tokens: 60, completion_tokens: 5, total_tokens: 65 },
      }),
      { headers: [['content-type', 'application/json']], at: [80] },
    ),
    at: 2000,
  };
  const recorded = [
    { ...first, site: main(10) },
    { ...sub, site: siteOf([AGENT, 40, 'research'], [AGENT, 12, 'plan'], [AGENT, 90, 'main']) },
    limited,
    { ...second, site: main(20) },
    third,
  ];
  return withOutput(sessionOf(recorded), [
    { at: 1, stream: 'stdout', bytes: Buffer.from('planning\n') },
    { at: 1100, stream: 'stderr', bytes: Buffer.from('retrying \u001b[31mnow\u001b[0m\n') },
    { at: 2100, stream: 'stdout', bytes: Buffer.from('done\n') },
  ]);
}

/** Escapes, bidi marks, Markdown, fences, prototypes and format placeholders wherever text can stand. */
export function hostileRecording(): SessionReader {
  const evil =
    '# Not a heading\n```\n</code><script>alert(1)</script>\n````\n[click](command:evil) \u001b[31mred\u202edesrever {_x}';
  const name = 'rm`*_[x](y)\u001b[2J<b>';
  const recorded = chatCall(
    [system(evil), user('{0} {_message} %s')],
    { tools: { x: [name, { ['__proto__']: { polluted: true }, evil }] }, model: `gpt\u202e<img>|${'`'}` },
    { at: 0 },
    { tools: [{ type: 'function', function: { name: '__proto__', parameters: {} } }] },
  );
  const answer = chatCall([system(evil), user('again')], { text: evil }, { at: 500 });
  return withOutput(sessionOf([{ ...recorded, site: 'not a call site' }, answer]), [
    { at: 1, stream: 'stdout', bytes: Buffer.from('a\rb\u001b]0;title\u0007\u0000c\n') },
  ]);
}

function withOutput(session: SessionReader, output: readonly OutputPiece[]): SessionReader {
  return { ...session, output };
}

export function handsFor(session: SessionReader, files: readonly string[] = [AGENT]): Hands {
  return {
    openSession: () => session,
    hasFile: path => files.includes(path),
    onFault: fault => {
      throw fault;
    },
  };
}
