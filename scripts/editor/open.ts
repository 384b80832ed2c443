// `npm start`: VS Code in the browser, with the extension, an example workspace and a few recorded sessions.
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './cache.ts';
import { installCodeServer, startEditor } from './code-server.ts';
import { packExtension } from './pack.ts';
import { sampleWorkspace } from './sample-workspace.ts';

const place = join(root, '.editor', 'try');
mkdirSync(place, { recursive: true });

say('installing VS Code for the browser (once)');
await installCodeServer();
say('packing the extension');
const vsix = await packExtension(join(place, 'rewind.vsix'));
say('making an example workspace; recording its agents against a local provider');
const workspace = await sampleWorkspace(place);
try {
  const recorded = JSON.parse(await workspace.rewind('list', '--all', '--json')) as readonly unknown[];
  if (recorded.length === 0) await workspace.recordExamples();
  say('starting VS Code');
  const editor = await startEditor({
    data: join(place, 'editor'),
    vsix,
    workspace: workspace.folder,
    env: workspace.env,
    ...(process.env.PORT ? { port: Number(process.env.PORT) } : {}),
  });
  console.log(`
  ${editor.url}

  The Rewind icon at the left lists the recorded sessions. F5 walks through the latest one: step over, step back.
  In the terminal, \`rewind record npm run refund\` records another. Ctrl-C here stops everything.
`);
  openBrowser(editor.url);
  await Promise.race([stopped(), editor.ended]);
  await editor.close();
} finally {
  await workspace.close();
}

function stopped(): Promise<unknown> {
  return new Promise(resolve => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, resolve);
  });
}

function say(what: string): void {
  console.log(`› ${what}`);
}

/** Where there is a desktop; else the address above is all that there is to show. */
function openBrowser(url: string): void {
  const desktop = process.platform !== 'linux' || process.env.DISPLAY || process.env.WAYLAND_DISPLAY;
  if (process.env.CI || !desktop) return;
  const command = { darwin: 'open', win32: 'explorer' }[process.platform as string] ?? 'xdg-open';
  spawn(command, [url], { stdio: 'ignore', detached: true })
    .on('error', () => undefined)
    .unref();
}
