import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { root, run } from './cache.ts';

/** A folder to try Rewind in: the example agents, with a local provider in place of the vendors. */
export interface SampleWorkspace {
  readonly folder: string;
  /** For the editor: `REWIND_HOME`, and keys that no provider would take. */
  readonly env: Readonly<Record<string, string>>;
  /** Runs `rewind <words>` there; gives what it printed. */
  rewind(...words: readonly string[]): Promise<string>;
  /** Records one run of each example. */
  recordExamples(): Promise<void>;
  /** Stops the provider. */
  close(): Promise<void>;
}

const engine = join(root, 'dist', 'rewind.js');
const SCRIPTS = ['order-agent', 'research-team', 'rag'];
const HOSTS = ['api.openai.com', 'api.anthropic.com', 'generativelanguage.googleapis.com'];
/** Of this project: the user's own may not know TypeScript. */
const NODE = '../node_modules/.bin/node';
const LAUNCH = {
  version: '0.2.0',
  configurations: [
    {
      name: 'Rewind: Debug recorded session',
      type: 'rewind',
      request: 'launch',
      mode: 'session',
      session: 'latest',
    },
  ],
};

/** Makes the folder in `place`, beside the home of its recordings. What is already there stays. */
export async function sampleWorkspace(place: string): Promise<SampleWorkspace> {
  const folder = join(place, 'coffee-shop');
  const write = (name: string, value: object): void =>
    writeFileSync(join(folder, name), `${JSON.stringify(value, null, 2)}\n`);
  const env = {
    REWIND_HOME: join(place, 'home'),
    OPENAI_API_KEY: 'not-a-key',
    ANTHROPIC_API_KEY: 'not-a-key',
    GEMINI_API_KEY: 'not-a-key',
    NODE_NO_WARNINGS: '1',
  };
  mkdirSync(join(folder, '.vscode'), { recursive: true });
  for (const name of ['order-agent.ts', 'research-team.ts', 'rag.ts']) {
    if (!existsSync(join(folder, name)))
      cpSync(join(root, 'examples', 'typescript', name), join(folder, name));
  }
  cpSync(join(root, 'examples', 'knowledge'), join(place, 'knowledge'), { recursive: true });
  // The agents' SDKs.
  if (!existsSync(join(place, 'node_modules')))
    symlinkSync(join(root, 'node_modules'), join(place, 'node_modules'), 'junction');
  // Whatever Node the user's shell finds, npm puts the one of this project first.
  const scripts = {
    refund: 'node order-agent.ts',
    research: 'node research-team.ts',
    questions: 'node rag.ts',
  };
  write('package.json', { name: 'coffee-shop', private: true, type: 'module', scripts });
  const runtimes = { typescript: NODE };
  write(join('.vscode', 'settings.json'), { 'rewind.runtimes': runtimes });
  write(join('.vscode', 'launch.json'), LAUNCH);
  const script = join(place, 'script.json');
  writeFileSync(script, JSON.stringify({ description: 'All examples', turns: SCRIPTS.flatMap(turnsOf) }));

  const provider = await startProvider(script, { latency: { firstByteMs: 180, perChunkMs: 8 } });
  const upstreams = Object.fromEntries(HOSTS.map(host => [host, provider.url]));
  write('rewind.config.json', { upstreams });
  const rewind = (...words: readonly string[]): Promise<string> =>
    run(process.execPath, [engine, ...words], folder, env);
  return {
    folder,
    env,
    rewind,
    async recordExamples() {
      const record = (name: string, ...words: readonly string[]) =>
        rewind('record', '--name', name, '--', NODE, ...words);
      await record('shop questions', 'rag.ts');
      await record('research team', 'research-team.ts');
      const hasty = await startProvider(script, {
        variant: 'terse',
        faults: [{ kind: 'rate_limit', retryAfter: 1 }],
      });
      try {
        const mapping = ['--upstream', `api.openai.com=${hasty.url}`];
        await rewind('record', '--name', 'refund, second try', ...mapping, '--', NODE, 'order-agent.ts');
      } finally {
        await hasty.close();
      }
      await record('refund', 'order-agent.ts');
    },
    close: provider.close,
  };
}

function turnsOf(script: string): readonly unknown[] {
  const file = join(root, 'examples', 'scripts', `${script}.json`);
  return (JSON.parse(readFileSync(file, 'utf8')) as { readonly turns: readonly unknown[] }).turns;
}

async function startProvider(
  script: string,
  behaviour: object,
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const words = ['emulator', '--json', '--script', script, '--behaviour', JSON.stringify(behaviour)];
  const child = spawn(process.execPath, [engine, ...words], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await Promise.race([
    once(createInterface(child.stdout), 'line') as Promise<[string]>,
    once(child, 'exit').then(([code]) => Promise.reject(new Error(`the provider ended with ${code}`))),
  ]);
  const { url } = JSON.parse(line) as { readonly url: string };
  return { url, close: () => end(child) };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  await gone;
}
