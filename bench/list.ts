/**
 * How long `listSessions` takes over 10,000 sessions: in a new process after the page cache was dropped where the system
 * lets us (cold), in a new process (warm files), and again in the same process.
 *
 *     node bench/list.ts [--sessions 10000]
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { logPath, openHome, sessionFolder } from '../src/sessions/home.ts';
import { listSessions } from '../src/sessions/list.ts';
import { createSession } from '../src/sessions/writer.ts';
import { recordSynthetic } from './synthetic-session.ts';

const { values } = parseArgs({
  options: { sessions: { type: 'string', default: '10000' }, home: { type: 'string' } },
});

if (values.home) listOnce(values.home);
else await measure(Number(values.sessions));

/** In the child: times one listing, and a second one. */
function listOnce(path: string): void {
  const home = openHome(path);
  const times = [0, 1].map(() => {
    const from = performance.now();
    const { length } = listSessions(home);
    return { length, ms: performance.now() - from };
  });
  console.log(JSON.stringify(times));
}

async function measure(count: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'rewind-bench-'));
  try {
    await fill(folder, count);
    const cold = dropPageCache();
    const runs = Array.from({ length: 6 }, () => child(folder));
    const [first, ...others] = runs;
    const again = runs.map(([, second]) => second!.ms);
    const median = (numbers: readonly number[]): string =>
      numbers.toSorted((a, b) => a - b)[numbers.length >> 1]!.toFixed(0);
    console.log(`\n| \`list\` over ${first![0]!.length.toLocaleString('en')} sessions | ms |`);
    console.log('|---|---:|');
    console.log(
      `| new process, ${cold ? 'page cache dropped' : 'first run (the page cache could not be dropped)'} | ${first![0]!.ms.toFixed(0)} |`,
    );
    console.log(`| new process, median of ${others.length} | ${median(others.map(([one]) => one!.ms))} |`);
    console.log(`| same process, again, median of ${again.length} | ${median(again)} |`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** One real session, and as many copies of its log and line as are asked for, each with an id of its own. */
async function fill(folder: string, count: number): Promise<void> {
  const home = openHome(folder);
  const writer = createSession(home, {
    name: 'nightly run of the refactoring agent',
    startedAt: Date.UTC(2025, 5, 1),
    command: ['python', 'agent.py', '--task', 'refactor'],
    cwd: '/home/someone/projects/agent',
    git: { commit: 'c0ffee'.repeat(6), branch: 'main', dirty: false },
    mode: 'record',
    scope: 'llm',
  });
  recordSynthetic(writer, { turns: 5, agents: 1 });
  const summary = await writer.seal();
  const log = readFileSync(logPath(home, writer.id));
  const lines: string[] = [];
  for (let i = 1; i < count; i++) {
    const id = i.toString(16).padStart(8, '0').padEnd(32, '7');
    mkdirSync(sessionFolder(home, id));
    writeFileSync(logPath(home, id), log);
    lines.push(`${JSON.stringify({ ...summary, id, startedAt: summary.startedAt + i * 60_000 })}\n`);
  }
  writeFileSync(home.summaries, lines.join(''), { flag: 'a' });
}

/** Linux, as root. */
function dropPageCache(): boolean {
  return (
    spawnSync('sh', ['-c', 'sync && echo 3 > /proc/sys/vm/drop_caches'], { stdio: 'ignore' }).status === 0
  );
}

function child(folder: string): { readonly length: number; readonly ms: number }[] {
  const { stdout, status } = spawnSync(process.execPath, [fileURLToPath(import.meta.url), '--home', folder], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error('the listing process failed');
  return JSON.parse(stdout);
}
