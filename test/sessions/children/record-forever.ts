/**
 * Records into several sessions at once until it is killed. Says on stdout, each time only after the writer's method has
 * returned: `start <n> <id>`, `request <n> <seq>`, `end <n> <seq>`.
 */
import { writeSync } from 'node:fs';
import { openHome } from '../../../src/sessions/home.ts';
import type { SessionWriter } from '../../../src/sessions/session.ts';
import { randomExchange } from '../random-exchange.ts';
import { startSession } from '../temporary-home.ts';

const [folder = '', sessions = '1', most = '400'] = process.argv.slice(2);
const home = openHome(folder);
const say = (...words: (string | number)[]): void => {
  writeSync(1, `${words.join(' ')}\n`);
};

function* recordInto(writer: SessionWriter, n: number): Generator<void> {
  for (let seq = 0; seq < Number(most); seq++) {
    const { request, answer } = randomExchange(n, seq);
    writer.request({ seq, at: seq, request });
    say('request', n, seq);
    yield;
    writer.answerHead(seq, answer.headAt!, answer.head!);
    yield;
    for (const { at, bytes } of answer.chunks) {
      writer.answerChunk(seq, at, bytes);
      yield;
    }
    if (answer.end.kind === 'complete') writer.answerEnd(seq, answer.end);
    say('end', n, seq);
    yield;
  }
}

const running = Array.from({ length: Number(sessions) }, (_, n) => {
  const writer = startSession(home, { name: `child ${n}` });
  say('start', n, writer.id);
  return recordInto(writer, n);
});
while (running.length > 0) {
  const next = Math.floor(Math.random() * running.length);
  if (running[next]!.next().done) running.splice(next, 1);
}
