import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { quickstart, root } from '../cli/command-line.ts';
import { recordedQuickstart } from './adapter-process.ts';

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const lua = (name: string): string => fileURLToPath(new URL(`neovim/${name}`, import.meta.url));
const LINES = readFileSync(quickstart, 'utf8').split('\n');
const lineOf = (text: string): number => LINES.findIndex(line => line.includes(text)) + 1;

const noNeovim = spawnSync('nvim', ['--version']).error
  ? 'Neovim is not there (nvim): install it to drive the adapter with it'
  : false;
/** A checkout of nvim-dap. */
const plugin = process.env.REWIND_NVIM_DAP;

test('Neovim, with the requests of nvim-dap, walks a recording', { skip: noNeovim }, async t => {
  await walked(t, 'payloads.lua');
});

if (plugin) {
  test('Neovim, with nvim-dap itself, walks a recording', { skip: noNeovim }, async t => {
    const stops = await walked(t, 'plugin.lua', plugin);
    // The editor follows: its cursor stands where the frame does.
    for (const { cursor, path, line } of stops) if (path) assert.deepEqual(cursor, [path, line]);
  });
}

interface Stop {
  readonly move: string;
  readonly reason: string;
  readonly name: string;
  readonly line: number;
  readonly path: string | null;
  readonly scopes: readonly string[];
  readonly read: number;
  readonly cursor: readonly [file: string, line: number] | null;
}

async function walked(t: TestContext, client: string, folder?: string): Promise<readonly Stop[]> {
  const line = await recordedQuickstart(t);
  const report = join(line.home, 'walk.jsonl');
  const plan = {
    adapter: [process.execPath, main, 'dap'],
    file: quickstart,
    line: lineOf('await ask({ messages, tools })'),
    condition: 'request.messages.length > 2',
    client: lua(client),
    report,
    ...(folder === undefined ? {} : { plugin: folder }),
  };
  const args = ['--headless', '--clean', '-c', `luafile ${lua('walk.lua')}`];
  const { status, stderr, error } = spawnSync('nvim', args, {
    cwd: root,
    env: {
      ...line.env,
      XDG_CACHE_HOME: line.home,
      XDG_DATA_HOME: line.home,
      REWIND_WALK: JSON.stringify(plan),
    },
    encoding: 'utf8',
    timeout: 240_000,
  });
  assert.ifError(error);
  const said = readFileSync(report, 'utf8')
    .trim()
    .split('\n')
    .map(text => JSON.parse(text) as Stop);
  assert.equal(status, 0, `${JSON.stringify(said.at(-1))}\n${stderr}`);
  const asks = lineOf('await fetch(URL');
  assert.partialDeepStrictEqual(said, [
    { move: 'launch', reason: 'entry', line: asks, path: quickstart },
    { move: 'continue', reason: 'breakpoint', line: asks, path: quickstart },
    { move: 'stepIn', reason: 'step' },
    { move: 'stepOut', reason: 'breakpoint', line: asks, path: quickstart },
    { move: 'stepBack', reason: 'breakpoint', line: asks, path: quickstart },
    { move: 'reverseContinue', reason: 'pause', line: asks, path: quickstart },
    { move: 'next', reason: 'breakpoint', line: asks, path: quickstart },
    { move: 'goto 6', reason: 'goto', line: asks, path: quickstart },
    { move: 'evaluate', result: 'true' },
    { move: 'disconnect', left: true },
  ]);
  const stops = said.filter(stop => stop.scopes !== undefined);
  assert.deepEqual(
    stops.map(({ name }) => /^#(\d)/.exec(name)?.[1]),
    ['0', '2', '3', '5', '2', '0', '2', '6'],
  );
  for (const { name, scopes, read } of stops) {
    assert.equal(scopes[0], /^#3/.test(name) ? 'Tool' : 'Request');
    assert.ok(read >= 2, `${name}: ${read} scopes were read`);
  }
  return stops;
}
