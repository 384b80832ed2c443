// A process of its own that starts agents (starter.ts says why). It knows nothing of Rewind, so that it stays small.
const { spawn } = require('node:child_process');
const { closeSync, openSync } = require('node:fs');

/** Process groups of agents that run. */
const running = new Set();

process.on('message', ({ id, file, command, cwd, env, stdout, stderr }) => {
  const say = news => process.connected && process.send({ id, ...news });
  const ends = [openSync(stdout, 'w'), openSync(stderr, 'w')];
  const agent = spawn(file, command.slice(1), {
    argv0: command[0],
    cwd,
    env,
    stdio: ['ignore', ...ends],
    detached: true,
  });
  for (const end of ends) closeSync(end);
  agent.on('error', ({ code, message }) => say({ at: 'failed', code, message }));
  if (agent.pid === undefined) return;
  running.add(agent.pid);
  say({ at: 'started', pid: agent.pid });
  agent.on('exit', (code, signal) => {
    running.delete(agent.pid);
    say({ at: 'ended', code, signal });
  });
});

// Rewind is done, or was killed: then nobody is left who would end its agents.
process.on('disconnect', () => {
  for (const group of running) {
    try {
      process.kill(-group, 'SIGKILL');
    } catch {
      // it has just ended
    }
  }
  process.exit();
});
