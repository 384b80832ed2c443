// Run by tests as a process of its own: `node run-inherited.ts HOME COMMAND…` runs a command on its own standard
// streams, as `rewind record` does, and ends as the command ended. The session's id goes to RESULT_FILE.
import { writeFileSync } from 'node:fs';
import { exitCodeOfStartError } from '../../src/launch/command-path.ts';
import { createRunner } from '../../src/launch/runner.ts';
import { endLike } from '../../src/launch/signals.ts';

const [, , home = '', ...command] = process.argv;
const notices: string[] = [];
const runner = createRunner({ mode: 'record', home, onNotice: message => notices.push(message) });
try {
  const result = await runner.run({
    command,
    cwd: process.cwd(),
    stdio: 'inherit',
    responder: { respond: async (_ask, reply) => reply.fail('close', 'no provider in this test') },
  });
  const { session, exitCode, exitSignal } = result;
  const file = process.env.RESULT_FILE;
  if (file) writeFileSync(file, JSON.stringify({ id: session.start.id, exitCode, exitSignal, notices }));
  endLike({ code: exitCode, signal: exitSignal });
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exit(exitCodeOfStartError(error) ?? 99);
}
