import { resolve } from 'node:path';
import type { RunAgent, RunHooks } from '../dap/agent-run.ts';
import type { ForkLaunch, RecordLaunch, ReplayLaunch, RunLaunch } from '../dap/launch-arguments.ts';
import { createRunner, type RunnerOptions } from '../launch/runner.ts';
import { followSession } from '../sessions/follow-session.ts';
import { openHome } from '../sessions/home.ts';
import { Redactor } from '../sessions/redaction.ts';
import { resolveSession } from '../sessions/resolve.ts';
import { forkRun } from '../tape/fork.ts';
import type { RunRequest } from '../tape/runner.ts';
import { Tape } from '../tape/tape.ts';
import { type Config, loadConfig } from './config.ts';
import { trafficOf } from './traffic.ts';
import { whatToRun } from './what-to-run.ts';

/** Agents that run under the debugger: what `rewind replay` and `rewind record` run, with a gate in front. */
export function agentOf(launch: RunLaunch): RunAgent {
  const config = loadConfig(launch.cwd ?? process.cwd());
  switch (launch.mode) {
    case 'replay':
      return replayed(launch, config);
    case 'record':
      return recorded(launch, config);
    case 'fork':
      return forked(launch, config);
  }
}

function replayed(launch: ReplayLaunch, config: Config): RunAgent {
  const source = resolveSession(openHome(), launch.session);
  const { command, cwd } = whatToRun(source, launch.command ?? []);
  const traffic = trafficOf({}, config, [source]);
  const redactor = new Redactor(config.redact);
  return async hooks => {
    if (cwd.note && !launch.cwd) hooks.onNotice(cwd.note);
    // A tape serves one run.
    const tape = new Tape(source, { rules: config.match, redact: request => redactor.request(request) });
    const options: RunnerOptions = {
      mode: 'replay',
      ...traffic.runner,
      scope: source.start.scope,
      webSockets: 'refuse',
      keysFor: [source],
    };
    await run(launch, hooks, options, {
      command,
      cwd: launch.cwd ? resolve(launch.cwd) : cwd.path,
      responder: tape,
      parent: { session: source.start.id },
    });
  };
}

/** The recording up to the edited step, and then what the launch allows. */
function forked(launch: ForkLaunch, config: Config): RunAgent {
  const { session: source, step } = launch.fork;
  const { command, cwd } = whatToRun(source, launch.command ?? []);
  const traffic = trafficOf({ upstream: launch.upstream }, config, [source]);
  const redactor = new Redactor(config.redact);
  return async hooks => {
    if (cwd.note && !launch.cwd) hooks.onNotice(cwd.note);
    const live = launch.allowLive ? traffic.upstream() : undefined;
    const { tape, inFront, reached } = forkRun(launch.fork, {
      rules: config.match,
      redact: request => redactor.request(request),
      carry: launch.carry,
      ...(live ? { live } : {}),
    });
    hooks.onFork(reached);
    try {
      await run(
        launch,
        { ...hooks, inFront: recorder => hooks.inFront(inFront(recorder)) },
        {
          mode: 'fork',
          ...traffic.runner,
          scope: source.start.scope,
          webSockets: live ? 'pass' : 'refuse',
          keysFor: live ? [] : [source],
        },
        {
          command,
          cwd: launch.cwd ? resolve(launch.cwd) : cwd.path,
          responder: tape,
          parent: { session: source.start.id, step },
        },
      );
    } finally {
      await live?.close();
    }
  };
}

function recorded(launch: RecordLaunch, config: Config): RunAgent {
  const traffic = trafficOf({ upstream: launch.upstream }, config);
  return async hooks => {
    const upstream = traffic.upstream();
    try {
      await run(
        launch,
        hooks,
        { mode: 'record', ...traffic.runner },
        { command: launch.command, cwd: resolve(launch.cwd ?? '.'), responder: upstream },
      );
    } finally {
      await upstream.close();
    }
  };
}

/** Output is recorded and told from there; standard input stays the adapter's own. */
async function run(
  { env, via }: RunLaunch,
  { inFront, onSession, onOutput, onNotice, signal }: RunHooks,
  options: RunnerOptions,
  request: Pick<RunRequest, 'command' | 'cwd' | 'responder' | 'parent'>,
): Promise<void> {
  const home = openHome();
  const runner = createRunner({
    ...options,
    inFront,
    onNotice,
    onOutput: () => onOutput(),
    onSession: ({ id }) => onSession(followSession(home, id)),
  });
  await runner.run({
    ...request,
    via,
    stdio: 'capture',
    signal,
    env: {
      // Inside an editor we run as its own binary; the agent must not take itself for that.
      ELECTRON_RUN_AS_NODE: undefined,
      ...Object.fromEntries(Object.entries(env).map(([name, value]) => [name, value ?? undefined])),
    },
  });
}
