import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type Attach, type Launch, readAttach, readLaunch } from '../../src/dap/launch-arguments.ts';
import { RewindError } from '../../src/errors.ts';
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

const { launch, attach } = contributes.debuggers[0].configurationAttributes;
const READERS: Readonly<Record<string, (args: object) => Launch | Attach>> = {
  launch: readLaunch,
  attach: readAttach,
};

test('the adapter reads every field of a launch configuration that the editor offers', () => {
  for (const [request, { properties }] of Object.entries({ launch, attach })) {
    for (const name of Object.keys(properties)) {
      // The extension's own: it starts that debugger.
      if (name === 'debugger') continue;
      assert.throws(
        () => READERS[request]!({ [name]: Symbol('no value of any field') }),
        (error: unknown) => error instanceof RewindError && error.message.includes(name),
        `${request}: ${name}`,
      );
    }
  }
});

test('the editor offers every field that the debugger documents, with a help text', () => {
  const docs = readFileSync(join(root, 'docs', 'debugger.md'), 'utf8');
  const table = docs.split('### Launch attributes\n')[1]!.split('\n#')[0]!;
  const documented = [...table.matchAll(/^\| (`[^|]+) \|/gm)].flatMap(([, names]) =>
    [...names!.matchAll(/`(\w+)`/g)].map(([, name]) => name!),
  );
  const offered = { ...attach.properties, ...launch.properties };
  assert.deepEqual(sorted([...documented, 'debugger']), sorted(Object.keys(offered)));
  for (const [name, field] of Object.entries(offered as Record<string, Record<string, string>>))
    assert.ok((field.markdownDescription ?? field.description ?? '').length > 20, name);
});

test('snippets are configurations that the adapter takes', () => {
  const snippets = contributes.debuggers[0].configurationSnippets as readonly {
    readonly label: string;
    readonly body: Readonly<Record<string, unknown>>;
  }[];
  assert.deepEqual(
    snippets.map(({ label }) => label.replace('Rewind: ', '')),
    ['Debug recorded session', 'Replay', 'Fork from step', 'Record', 'Attach'],
  );
  for (const { label, body } of snippets) {
    // As typed: `^` writes a value without its quotes, `${1:x}` is x.
    const text = JSON.stringify(body)
      .replace(/"\^((?:[^"\\]|\\.)*)"/g, (_, bare: string) => JSON.parse(`"${bare}"`))
      .replace(/\$\{\d+:([^}]*)\}/g, '$1')
      .replaceAll('\\${', '${');
    const { request, name, ...fields } = JSON.parse(text);
    assert.equal(name, label);
    READERS[request]!(fields);
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
  const running = new Set<string>([
    COMMAND.record,
    COMMAND.recordFile,
    COMMAND.replaySession,
    COMMAND.mutateSession,
  ]);
  for (const items of Object.values(contributes.menus) as { command: string; when?: string }[][]) {
    for (const { command, when } of items) {
      if (running.has(command)) assert.match(when ?? '', /isWorkspaceTrusted/, command);
    }
  }
});

test('the buttons of a row leave room for what it says', () => {
  const items = contributes.menus['view/item/context'] as { when: string; group: string }[];
  for (const kind of ['session', 'session.runnable', 'recording', 'step', 'lane', 'day']) {
    const buttons = items.filter(({ when, group }) => {
      const [, is, matches] = /viewItem (?:== (\S+)|=~ \/(\S+)\/)/.exec(when)!;
      return group.startsWith('inline') && (is === undefined ? new RegExp(matches!).test(kind) : is === kind);
    });
    assert.ok(buttons.length <= 2, kind);
  }
});

test('every file that package.json names is there', () => {
  const text = JSON.stringify([manifest.icon, contributes]);
  const files = sorted([...text.matchAll(/"(media\/[^"]+)"/g)].map(([, file]) => file!));
  assert.ok(files.length > 4);
  for (const file of files) assert.ok(existsSync(join(root, file)), file);
});

test('the icon can be seen on a light tab and on a dark one', () => {
  const picture = readFileSync(join(root, 'media', 'rewind.svg'), 'utf8');
  const colours = sorted([...picture.matchAll(/#[\da-f]{6}/g)].map(([colour]) => colour));
  assert.equal(colours.length, 1);
  // 3:1, what WCAG asks of a picture.
  for (const tab of ['#ffffff', '#1f1f1f', '#000000'])
    assert.ok(contrast(colours[0]!, tab) >= 3, `${colours[0]} on ${tab}`);
});

/** As WCAG 2 counts it. */
function contrast(one: string, other: string): number {
  const light = (colour: string): number => {
    const [r, g, b] = [1, 3, 5].map(at => {
      const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    }) as [number, number, number];
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const [dark, bright] = [light(one), light(other)].sort((a, b) => a - b) as [number, number];
  return (bright + 0.05) / (dark + 0.05);
}

const bundle = join(root, manifest.main);
test('the extension is small, and holds no engine', {
  skip: !existsSync(bundle) && 'dist/ is not built (npm run build)',
}, () => {
  assert.ok(statSync(bundle).size < 300_000, `${statSync(bundle).size} bytes`);
  const text = readFileSync(bundle, 'utf8');
  for (const engine of ['mockttp', 'sql-wasm', 'node-forge', 'debugadapter'])
    assert.ok(!text.includes(engine), engine);
});
