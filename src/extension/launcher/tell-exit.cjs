// Loaded into an agent that a debugger runs: how it ends is written down, since the debugger does not say.
const { appendFileSync } = require('node:fs');
const { isMainThread } = require('node:worker_threads');

const file = process.env.REWIND_EXIT_FILE;
if (file && isMainThread) {
  process.on('exit', code => {
    try {
      appendFileSync(file, `${code}\n`);
    } catch {
      // The agent goes on as it would.
    }
  });
}
