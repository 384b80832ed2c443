import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startEmulator } from '../../src/emulator/emulator.ts';
import { loadScript } from '../../src/emulator/script.ts';
import { openHome } from '../../src/sessions/home.ts';
import { resolveSession } from '../../src/sessions/resolve.ts';
import { type Timeline, timelineOf } from '../../src/timeline/timeline.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** An example agent, recorded by the command line while the embedded provider answers it. */
export async function recordedExample(name: string, host: string): Promise<Timeline> {
  const folder = mkdtempSync(join(tmpdir(), 'rewind-webview-'));
  const emulator = await startEmulator({
    script: await loadScript(join(root, `examples/scripts/${name}.json`)),
    behaviour: { latency: { firstByteMs: 60, perChunkMs: 8 } },
  });
  try {
    const file = name === 'quickstart' ? `${name}.mjs` : `${name}.ts`;
    await rewind(folder, [
      'record',
      '--quiet',
      '--upstream',
      `${host}=${emulator.url}`,
      process.execPath,
      join(root, 'examples/typescript', file),
    ]);
    const session = resolveSession(openHome(folder), 'latest');
    const timeline = timelineOf(session);
    // Read while the files are there: calls are read anew when they are looked at.
    return timelineOf({ ...snapshot(session), start: timeline.session.start });
  } finally {
    await emulator.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function snapshot(session: Timeline['session']): Timeline['session'] {
  const exchanges = [...session.exchanges()];
  return {
    start: session.start,
    ...(session.exit ? { exit: session.exit } : {}),
    sealed: session.sealed,
    warnings: session.warnings,
    length: exchanges.length,
    exchange: seq => exchanges[seq]!,
    exchanges: () => exchanges,
    output: session.output,
    tools: session.tools,
    webSockets: session.webSockets,
  };
}

function rewind(home: string, words: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, [join(root, 'src/cli/main.ts'), ...words], {
    cwd: root,
    env: {
      ...process.env,
      REWIND_HOME: home,
      OPENAI_API_KEY: 'no-key-needed',
      ANTHROPIC_API_KEY: 'no-key-needed',
      NODE_TEST_CONTEXT: undefined,
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint += text;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', code =>
      code === 0 ? resolve() : reject(new Error(`rewind ${words[0]} ended with ${code}: ${complaint}`)),
    );
  });
}
