import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { COMMAND, CONTEXT, DEBUG_TYPE, EDITOR, SETTING, VIEW } from '../../src/extension/ids.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const { contributes } = manifest;
const sources = readdirSync(join(root, 'src', 'extension'))
  .filter(name => name.endsWith('.ts') && name !== 'ids.ts')
  .map(name => readFileSync(join(root, 'src', 'extension', name), 'utf8'))
  .join('\n');

const sorted = (values: Iterable<string>): string[] => [...new Set(values)].sort();
const ids = (list: readonly { readonly command: string }[]): string[] => list.map(({ command }) => command);

test('package.json and the code know the same commands, views, settings and editors', () => {
  assert.deepEqual(sorted(ids(contributes.commands)), sorted(Object.values(COMMAND)));
  assert.deepEqual(sorted(Object.keys(contributes.configuration.properties)), sorted(Object.values(SETTING)));
  const views = Object.values(contributes.views as Record<string, { id: string }[]>).flat();
  assert.deepEqual(sorted(views.map(({ id }) => id)), sorted(Object.values(VIEW)));
  assert.deepEqual(
    sorted(contributes.customEditors.map(({ viewType }: { viewType: string }) => viewType)),
    sorted(Object.values(EDITOR)),
  );
  assert.deepEqual(
    contributes.debuggers.map(({ type }: { type: string }) => type),
    [DEBUG_TYPE],
  );
});

test('every id is used', () => {
  for (const [table, names] of Object.entries({ COMMAND, SETTING, VIEW, EDITOR, CONTEXT })) {
    for (const name of Object.keys(names))
      assert.ok(sources.includes(`${table}.${name}`), `${table}.${name}`);
  }
});

test('menus, welcome texts and walkthroughs name commands that exist', () => {
  const known = new Set<string>([...Object.values(COMMAND), ...Object.values(VIEW).map(id => `${id}.focus`)]);
  const inMenus = ids(Object.values(contributes.menus).flat() as { command: string }[]);
  const linked = [
    ...JSON.stringify([contributes.viewsWelcome, contributes.walkthroughs]).matchAll(/\(command:([\w.]+)\)/g),
  ];
  for (const id of [...inMenus, ...linked.map(([, id]) => id!)]) assert.ok(known.has(id), id);
  assert.ok(linked.length > 5);
});

test('nothing that needs trust is offered without it', () => {
  const running = new Set<string>([COMMAND.record, COMMAND.recordFile, COMMAND.replaySession]);
  for (const items of Object.values(contributes.menus) as { command: string; when?: string }[][]) {
    for (const { command, when } of items) {
      if (running.has(command)) assert.match(when ?? '', /isWorkspaceTrusted/, command);
    }
  }
});

test('every file that package.json names is there', () => {
  const text = JSON.stringify([manifest.icon, contributes]);
  const files = sorted([...text.matchAll(/"(media\/[^"]+)"/g)].map(([, file]) => file!));
  assert.ok(files.length > 4);
  for (const file of files) assert.ok(existsSync(join(root, file)), file);
});

const bundle = join(root, manifest.main);
test('the extension is small, and holds no engine', {
  skip: !existsSync(bundle) && 'dist/ is not built (npm run build)',
}, () => {
  assert.ok(statSync(bundle).size < 300_000, `${statSync(bundle).size} bytes`);
  const text = readFileSync(bundle, 'utf8');
  for (const engine of ['mockttp', 'sql-wasm', 'node-forge', 'debugadapter'])
    assert.ok(!text.includes(engine), engine);
});
