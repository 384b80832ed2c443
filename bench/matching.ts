/**
 * What a match key costs, and how many requests a second a tape answers: `node bench/matching.ts`. Prints Markdown.
 * One process, no sockets: the tape alone. The session is made up: an agent that reads source files, its history growing.
 */
import { hash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { MatchKeyer } from '../src/tape/match-key.ts';
import { Tape } from '../src/tape/tape.ts';
import type { WireRequest } from '../src/wire/exchange.ts';
import { askOf, HeldReply, requestOf, sessionOf } from '../test/tape/tape-session.ts';

const KB = 1000;
const ROUNDS = 15;

const sources = readdirSync(new URL('../src/wire', import.meta.url))
  .map(name => readFileSync(new URL(`../src/wire/${name}`, import.meta.url), 'utf8'))
  .join('\n');
const tools = Array.from({ length: 12 }, (_, i) => ({
  type: 'function',
  function: {
    name: `tool_${i}`,
    description: sources.slice(i * 200, i * 200 + 200),
    parameters: { type: 'object', properties: { path: { type: 'string' }, line: { type: 'integer' } } },
  },
}));

/** The requests of one conversation up to a body of `bytes`: two messages more each time. */
function conversation(bytes: number, salt = ''): WireRequest[] {
  const messages: object[] = [
    { role: 'system', content: salt + sources.slice(0, Math.min(6 * KB, bytes / 3)) },
  ];
  const requests: WireRequest[] = [];
  for (let turn = 0; ; turn++) {
    messages.push({ role: 'user', content: `Turn ${turn}` });
    const request = requestOf({
      model: 'gpt-4o',
      messages,
      ...(bytes > 10 * KB ? { tools } : {}),
      stream: true,
    });
    requests.push(request);
    if (request.body.length >= bytes) return requests;
    const id = `call_${turn}`;
    const call = {
      name: `tool_${turn % 12}`,
      arguments: JSON.stringify({ path: `src/${turn}.ts`, line: turn }),
    };
    messages.push({
      role: 'assistant',
      content: null,
      tool_calls: [{ id, type: 'function', function: call }],
    });
    const at = (turn * 997) % (sources.length - 3 * KB);
    messages.push({
      role: 'tool',
      tool_call_id: id,
      content: sources.slice(at, at + Math.min(2800, bytes / 3)),
    });
  }
}

/** Milliseconds of the middle run. */
function median(run: (round: number) => void): number {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    run(round);
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[ROUNDS >> 1]!;
}

const ms = (value: number): string => value.toFixed(value < 1 ? 3 : 1);

console.log(`Node ${process.version}, ${cpus()[0]?.model ?? 'unknown CPU'}; medians of ${ROUNDS}.\n`);
console.log(
  '| body | SHA-256 of the bytes, ms | JSON.parse, ms | key, first seen, ms | key, next turn of a session, ms | key, new system prompt, same messages, ms |',
);
console.log('|---|---|---|---|---|---|');
for (const size of [2 * KB, 20 * KB, 200 * KB, 1600 * KB]) {
  const requests = conversation(size);
  const last = requests.at(-1)!;
  const before = requests.at(-2) ?? last;
  const other = conversation(size, 'Today is another day. ').at(-1)!;
  const text = Buffer.from(last.body).toString();
  const warm = (): MatchKeyer => {
    const keyer = new MatchKeyer();
    keyer.fingerprint(before);
    return keyer;
  };
  const keyers = Array.from({ length: ROUNDS }, warm);
  const restarted = Array.from({ length: ROUNDS }, warm);
  const row = [
    median(() => hash('sha256', last.body)),
    median(() => JSON.parse(text)),
    median(() => new MatchKeyer().fingerprint(last)),
    median(round => keyers[round]!.fingerprint(last)),
    median(round => restarted[round]!.fingerprint(other)),
  ];
  console.log(`| ${Math.round(last.body.length / KB)} KB | ${row.map(ms).join(' | ')} |`);
}

console.log('\n| session | bodies, MB | index it, ms | requests/s, in order |');
console.log('|---|---|---|---|');
for (const size of [2 * KB, 200 * KB, 1600 * KB]) {
  const requests =
    size === 2 * KB
      ? Array.from({ length: 2000 }, (_, i) => conversation(size, `${i} `)[0]!)
      : conversation(size);
  const session = sessionOf(requests.map(request => ({ request })));
  const started = performance.now();
  const tape = new Tape(session);
  const indexed = performance.now();
  for (const request of requests) {
    const reply = new HeldReply();
    await tape.respond(askOf(request), reply);
    if (reply.labelled !== 'EXACT') throw new Error(`not found again: ${reply.labelled}`);
  }
  const seconds = (performance.now() - indexed) / 1000;
  const megabytes = requests.reduce((sum, request) => sum + request.body.length, 0) / 1e6;
  console.log(
    `| ${requests.length} × up to ${Math.round(requests.at(-1)!.body.length / KB)} KB | ${megabytes.toFixed(1)} | ${ms(indexed - started)} | ${Math.round(requests.length / seconds)} |`,
  );
}
