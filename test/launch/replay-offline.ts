// Run by a test inside a network namespace without routes: `node replay-offline.ts HOME SESSION COMMAND…` replays a
// session and prints, as JSON, the agent's output and what reached the proxy and was not on the tape.
import { createRunner } from '../../src/launch/runner.ts';
import { openHome } from '../../src/sessions/home.ts';
import { readSession } from '../../src/sessions/reader.ts';
import { Tape } from '../../src/tape/tape.ts';

const [, , home = '', id = '', ...command] = process.argv;
const recorded = readSession(openHome(home), id);
const tape = new Tape(recorded, {});
const result = await createRunner({ mode: 'replay', home }).run({
  command,
  cwd: process.cwd(),
  stdio: 'capture',
  responder: tape,
});
const text = (stream: 'stdout' | 'stderr') =>
  Buffer.concat(
    result.session.output.filter(piece => piece.stream === stream).map(piece => piece.bytes),
  ).toString();
const labels = [...result.session.exchanges()].map(exchange => exchange.label);
console.log(
  JSON.stringify({ stdout: text('stdout'), stderr: text('stderr'), labels, exit: result.exitCode }),
);
