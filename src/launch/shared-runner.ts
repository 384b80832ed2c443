import { rm } from 'node:fs/promises';
import { openHome } from '../sessions/home.ts';
import { temporaryFolder } from '../sessions/temporary-folder.ts';
import type { Runner, RunRequest } from '../tape/runner.ts';
import { AgentSetting } from './agent-setting.ts';
import { keepAgent } from './kept-agent.ts';
import { Run, type RunnerOptions, type Shared } from './runner.ts';
import { Slot } from './slot.ts';
import { Starter } from './starter.ts';

/** A runner that keeps what runs can share from one to the next; close it. */
export interface SharedRunner extends Runner {
  close(): Promise<void>;
}

/**
 * For many runs of one agent: proxies, certificates and trust files are made once for as many runs as go side by side, Node compiles
 * once. Git is not asked: such runs happen in copies, which have none. Their sessions can be made again, and do not wait
 * for the disk.
 */
export function createSharedRunner(options: RunnerOptions): SharedRunner {
  const home = openHome(options.home);
  const idle = new Map<string, Slot[]>();
  const starter = new Starter();
  const compileCache = temporaryFolder('compiled');
  const settings = new Map<string, AgentSetting>();
  const shared: Shared = {
    start: to => starter.start(to),
    setting(env) {
      const key = environmentKey(env);
      const setting = settings.get(key) ?? new AgentSetting(options, env);
      settings.set(key, setting);
      return setting;
    },
    compileCache,
  };
  return {
    async run(request) {
      const run = new Run(home, options, request, shared);
      const key = environmentKey(request.env);
      const slots = idle.get(key) ?? [];
      idle.set(key, slots);
      const slot = slots.pop() ?? (await Slot.open(run.interception, home));
      try {
        return await run.in(slot, undefined);
      } finally {
        if (slot.open) slots.push(slot);
      }
    },
    keep: request => keepAgent(home, options, request, shared),
    async close() {
      const slots = [...idle.values()].flat();
      idle.clear();
      await Promise.all([starter.close(), ...slots.map(slot => slot.close())]);
      await rm(compileCache, { recursive: true, force: true });
    },
  };
}

/** What is intercepted, and trusted, depends on the agent's environment. */
const environmentKey = (env: RunRequest['env'] = {}): string => JSON.stringify(Object.entries(env).sort());
