import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { cachedPackage, npm, run } from './cache.ts';

const VERSION = '4.139.1';

/** Nothing of it may call home, greet, or ask: this is a workbench for trying and testing. */
const SETTINGS = {
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'workbench.startupEditor': 'none',
  'workbench.enableExperiments': false,
  'workbench.settings.enableNaturalLanguageSearch': false,
  'workbench.tips.enabled': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'chat.disableAIFeatures': true,
  'chat.commandCenter.enabled': false,
  'security.workspace.trust.enabled': false,
  'git.enabled': false,
  'typescript.disableAutomaticTypeAcquisition': true,
  'debug.openDebug': 'openOnDebugBreak',
  'debug.inlineValues': 'on',
  'window.commandCenter': false,
  'remote.autoForwardPorts': false,
  'editor.minimap.enabled': false,
} as const;

/** VS Code as a server, from npm; a minute the first time. Gives its entry script. */
export async function installCodeServer(): Promise<string> {
  const folder = await cachedPackage('code-server', VERSION, async made => {
    const vscode = join(made, 'lib', 'vscode');
    await npm(vscode, 'install', '--omit=dev');
    await npm(join(vscode, 'extensions'), 'install', '--omit=dev');
  });
  return join(folder, 'out', 'node', 'entry.js');
}

export interface EditorOptions {
  /** Holds settings, extensions and logs of this editor. */
  readonly data: string;
  readonly vsix: string;
  readonly workspace: string;
  readonly env: Readonly<Record<string, string>>;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly port?: number;
}

export interface RunningEditor {
  /** Opens the workspace. */
  readonly url: string;
  /** Everything it printed. */
  log(): string;
  /** Resolves when it has ended, by itself or not. */
  readonly ended: Promise<unknown>;
  close(): Promise<void>;
}

/** Starts VS Code on 127.0.0.1 with one extension installed. Resolves once it answers. */
export async function startEditor(options: EditorOptions): Promise<RunningEditor> {
  const entry = await installCodeServer();
  const { data, vsix, workspace } = options;
  mkdirSync(join(data, 'User'), { recursive: true });
  writeFileSync(
    join(data, 'User', 'settings.json'),
    JSON.stringify({ ...SETTINGS, ...options.settings }, null, 2),
  );
  const folders = ['--user-data-dir', data, '--extensions-dir', join(data, 'extensions')];
  await run(process.execPath, [entry, ...folders, '--install-extension', vsix, '--force'], data);
  const port = options.port ?? (await freePort());
  const child = spawn(
    process.execPath,
    [
      entry,
      ...folders,
      ...['--auth', 'none', '--bind-addr', `127.0.0.1:${port}`],
      ...['--disable-telemetry', '--disable-update-check', '--disable-getting-started-override'],
      workspace,
    ],
    { cwd: data, env: { ...process.env, ...options.env }, stdio: ['ignore', 'pipe', 'pipe'], detached: true },
  );
  const ended = once(child, 'exit');
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece: Buffer) => (printed += piece));
  const url = `http://127.0.0.1:${port}/?folder=${encodeURIComponent(workspace)}`;
  const close = (): Promise<void> => end(child);
  try {
    await answers(`http://127.0.0.1:${port}/healthz`, child, () => printed);
  } catch (error) {
    await close();
    throw error;
  }
  return { url, log: () => printed, ended, close };
}

async function answers(url: string, child: ChildProcess, printed: () => string): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    if (child.exitCode !== null) throw new Error(`code-server ended with ${child.exitCode}:\n${printed()}`);
    const ok = await fetch(url).then(
      ({ ok }) => ok,
      () => false,
    );
    if (ok) return;
    await pause(100);
  }
  throw new Error(`code-server does not answer:\n${printed()}`);
}

/** Its children are a group of their own: the extension host, terminals, adapters. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const gone = once(child, 'exit');
  const kill = (signal: NodeJS.Signals): void => {
    try {
      process.kill(process.platform === 'win32' ? child.pid! : -child.pid!, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  };
  kill('SIGTERM');
  const late = setTimeout(() => kill('SIGKILL'), 5000);
  await gone;
  clearTimeout(late);
  kill('SIGKILL');
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
