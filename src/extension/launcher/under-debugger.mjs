// Stands where the engine starts the agent, and has a language debugger of the editor start it instead: says what to run and in
// which environment, passes on its output, and ends as it ends. Words: socket, token, then the agent's command.
import { connect } from 'node:net';
import { createInterface } from 'node:readline';

const [socket, token, ...command] = process.argv.slice(2);
// Ours alone: an editor's own binary plays Node.
const { ELECTRON_RUN_AS_NODE: _, ...env } = process.env;
const editor = connect(socket);
editor.write(`${JSON.stringify({ token, command, cwd: process.cwd(), env })}\n`);
editor.on('error', error => fail(`The editor cannot be reached: ${error.message}`));
editor.on('close', () => fail('The debugger has gone.'));

createInterface(editor).on('line', line => {
  const { output, stream, exitCode, problem } = JSON.parse(line);
  if (output !== undefined) process[stream].write(output);
  if (problem !== undefined) fail(problem);
  if (exitCode !== undefined) process.exit(exitCode);
});

function fail(text) {
  process.stderr.write(`${text}\n`);
  process.exit(1);
}
