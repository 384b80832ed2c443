import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const src = fileURLToPath(new URL('../src', import.meta.url));

/** docs/ARCHITECTURE.md, "Rooms": what each room may import besides itself. */
const mayUse: Readonly<Record<string, readonly string[]>> = {
  wire: [],
  providers: ['wire'],
  sessions: ['wire', 'providers'],
  tape: ['wire', 'providers', 'sessions'],
  timeline: ['wire', 'providers', 'sessions', 'tape'],
  bisect: ['wire', 'providers', 'sessions', 'tape', 'timeline'],
  mutate: ['wire', 'providers', 'sessions', 'tape', 'timeline'],
  interop: ['wire', 'providers', 'sessions', 'timeline'],
  dap: ['wire', 'providers', 'sessions', 'tape', 'timeline'],
  emulator: ['wire', 'providers'],
  proxy: ['wire', 'providers', 'sessions', 'tape'],
  launch: ['wire', 'providers', 'sessions', 'tape', 'proxy'],
  cli: [
    'wire',
    'providers',
    'sessions',
    'tape',
    'timeline',
    'bisect',
    'mutate',
    'interop',
    'dap',
    'emulator',
    'proxy',
    'launch',
    'agent',
  ],
  agent: [],
  testing: [],
  extension: ['wire', 'providers', 'sessions', 'tape', 'timeline', 'bisect', 'mutate', 'dap'],
};

/** All that the extension takes of the adapter: words, which need no debugger. The adapter itself runs as a child. */
const WORDS = /^\.\.\/dap\/(document|hostile-text|outline-text|session-outline|wording)\.ts$/;

/** Of bisecting, the extension takes the report and how it is written; the comparison runs as a child. */
const REPORT = /^\.\.\/bisect\/(report|markdown)\.ts$/;

/** Of breaking runs, the extension takes reports and verdicts; mutants run as children, which tell their events. */
const VERDICTS = /^\.\.\/mutate\/(accepted|report|verdict)\.ts$/;
const EVENTS = '../cli/mutate-events.ts';

/** Of a panel, the extension takes the types of what the two say to each other. */
const MESSAGES = /^\.\.\/\.\.\/webview\/\w+\/messages\.ts$/;

/** Packages that only one room may import. */
const housedIn: Readonly<Record<string, string>> = {
  mockttp: 'proxy',
  'sql.js': 'sessions',
  vscode: 'extension',
  '@vscode/debugadapter': 'dap',
};

interface Import {
  readonly file: string;
  readonly room: string;
  readonly target: string;
}

const roomOf = (path: string): string => relative(src, path).split(sep)[0] ?? '';

const imports: readonly Import[] = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter(name => /\.(ts|cjs|mjs)$/.test(name))
  .flatMap(name => {
    const file = join(src, name);
    const lines = readFileSync(file, 'utf8').matchAll(
      /(?:^|\n)\s*(?:import|export)\b[^'"`;]*?['"]([^'"]+)['"]|\b(?:import|require)\(\s*['"]([^'"]+)['"]\s*\)/g,
    );
    return [...lines].map(([, fixed, lazy]) => ({
      file: name,
      room: roomOf(file),
      target: fixed ?? lazy ?? '',
    }));
  });

test('imports are found at all', () => {
  assert.ok(imports.length > 50, `only ${imports.length} imports read`);
});

test('every folder of src/ is a room of the table', () => {
  const folders = readdirSync(src, { withFileTypes: true }).filter(entry => entry.isDirectory());
  assert.deepEqual(
    folders.map(folder => folder.name).filter(name => !(name in mayUse)),
    [],
  );
});

test('imports run one way', () => {
  const wrong = imports
    .filter(({ target }) => target.startsWith('.'))
    .filter(({ room, target }) => !(room === 'extension' && MESSAGES.test(target)))
    .filter(({ room, target }) => !(room === 'extension' && target === EVENTS))
    .map(({ file, room, target }) => ({ file, room, to: roomOf(join(src, dirname(file), target)) }))
    .filter(({ room, to }) => to !== room && !/^(errors|version)\.ts$/.test(to))
    .filter(({ room, to }) => !mayUse[room]?.includes(to))
    .map(({ file, to }) => `${file} imports ${to}/`);
  assert.deepEqual(wrong, []);
});

test('panels import nothing outside of webview/', () => {
  const webview = fileURLToPath(new URL('../webview', import.meta.url));
  const wrong = readdirSync(webview, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.ts'))
    .flatMap(name => {
      const text = readFileSync(join(webview, name), 'utf8');
      return [...text.matchAll(/\bfrom\s+'(\.[^']+)'/g)]
        .filter(([, target]) => relative(webview, join(webview, dirname(name), target!)).startsWith('..'))
        .map(([, target]) => `${name} imports ${target}`);
    });
  assert.deepEqual(wrong, []);
});

test('the extension holds no adapter', () => {
  const wrong = imports
    .filter(({ room, target }) => room === 'extension' && target.startsWith('../dap/') && !WORDS.test(target))
    .map(({ file, target }) => `${file} imports ${target}`);
  assert.deepEqual(wrong, []);
});

test('the extension holds no comparison', () => {
  const wrong = imports
    .filter(
      ({ room, target }) => room === 'extension' && target.startsWith('../bisect/') && !REPORT.test(target),
    )
    .map(({ file, target }) => `${file} imports ${target}`);
  assert.deepEqual(wrong, []);
});

test('the extension breaks no runs', () => {
  const wrong = imports
    .filter(
      ({ room, target }) => room === 'extension' && target.startsWith('../mutate/') && !VERDICTS.test(target),
    )
    .map(({ file, target }) => `${file} imports ${target}`);
  assert.deepEqual(wrong, []);
});

test('packages stay in their room', () => {
  const wrong = imports
    .filter(({ room, target }) => {
      const owner = Object.entries(housedIn).find(
        ([name]) => target === name || target.startsWith(`${name}/`),
      );
      return owner !== undefined && owner[1] !== room;
    })
    .map(({ file, target }) => `${file} imports ${target}`);
  assert.deepEqual(wrong, []);
});

test('nothing outside proxy/, launch/, emulator/ and cli/ opens sockets or starts processes', () => {
  const pure = new Set([
    'wire',
    'providers',
    'sessions',
    'tape',
    'timeline',
    'bisect',
    'mutate',
    'interop',
    'dap',
  ]);
  const hands = /^node:(net|tls|http|https|http2|dgram|child_process|cluster|worker_threads)$/;
  const wrong = imports.filter(({ room, target }) => pure.has(room) && hands.test(target));
  assert.deepEqual(
    wrong.map(({ file, target }) => `${file} imports ${target}`),
    [],
  );
});
