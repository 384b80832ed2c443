import assert from 'node:assert/strict';
import { test } from 'node:test';
import { count, duration, money, size } from '../../src/cli/amounts.ts';
import { bar } from '../../src/cli/bars.ts';
import { factLines } from '../../src/cli/fact-lines.ts';
import { editDistance, nearestName } from '../../src/cli/nearest-name.ts';
import { safeLine, safeText } from '../../src/cli/safe-text.ts';
import { shellWord } from '../../src/cli/session-line.ts';
import { printTable } from '../../src/cli/table.ts';
import { out, type Terminal, wantsColour } from '../../src/cli/terminal.ts';
import { fitText, padText, textWidth } from '../../src/cli/text-width.ts';

test('escape sequences never reach the terminal', () => {
  const hostile: readonly (readonly [string, string])[] = [
    ['\u001b[31mred\u001b[0m', 'red'],
    ['\u001b[2J\u001b[1;1Hgone', 'gone'],
    ['\u001b]0;title\u0007text', 'text'],
    ['\u001b]8;;https://evil.example\u001b\\link\u001b]8;;\u001b\\', 'link'],
    ['\u001bPq#0;2\u001b\\six', 'six'],
    ['\u009b31mred', 'red'],
    ['\u001bcreset', 'reset'],
    ['half \u001b[3', 'half ␛[3'],
    ['\u001b]52;c;aGk=', '␛]52;c;aGk='],
    ['bell\u0007 back\b null\u0000', 'bell␇ back␈ null␀'],
    ['over\rwritten', 'over␍written'],
    ['abc\u202edcba\u2066', 'abc\ufffddcba\ufffd'],
    ['lines\r\nand\ttabs\nstay', 'lines\nand\ttabs\nstay'],
    ['Grüße ☕ 日本', 'Grüße ☕ 日本'],
  ];
  for (const [text, safe] of hostile) assert.equal(safeText(text), safe);
  assert.equal(safeLine('  one\n two\t three '), 'one two three');
});

test('whatever the text, nothing that moves a cursor is left', () => {
  let seed = 7;
  const alphabet = [
    '\u001b',
    '[',
    ']',
    '0',
    ';',
    'm',
    '\u0007',
    '\\',
    'P',
    '\u009b',
    'a',
    '\n',
    '\u0090',
    '\u202e',
  ];
  for (let round = 0; round < 3000; round++) {
    let text = '';
    for (let i = 0; i < 12; i++) {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      text += alphabet[seed % alphabet.length];
    }
    assert.doesNotMatch(safeText(text), /(?![\n\t])[\p{Cc}\u202a-\u202e]/u, JSON.stringify(text));
  }
});

test('a long hostile text takes no long time', () => {
  for (const piece of ['\u001b]', '\u001b[0', '\u001bP', '\u001b[', '\u009b']) {
    assert.equal(typeof safeText(piece.repeat(200_000)), 'string');
  }
});

test('width in columns', () => {
  assert.equal(textWidth('plain'), 5);
  assert.equal(textWidth('日本'), 4);
  assert.equal(textWidth('👩‍👩‍👧 é'), 4);
  assert.equal(fitText('a long name', 6), 'a lon…');
  assert.equal(fitText('日本語テキスト', 5), '日本…');
  assert.equal(fitText('fits', 4), 'fits');
  assert.equal(padText('日', 4, 'right'), '  日');
});

test('amounts', () => {
  assert.equal(count(3410), '3,410');
  assert.deepEqual(
    [0.034, 0.0004213, 1.5, 1234.5, 0.1, 0, 1e-9].map(value => money(value)),
    ['~$0.034', '~$0.00042', '~$1.50', '~$1,234.50', '~$0.10', '$0', '< $0.000001'],
  );
  assert.equal(money(null), 'cost unknown');
  assert.equal(money(0, true), 'cost unknown');
  assert.equal(money(0.5, true), '≥ $0.50');
  assert.deepEqual([0, 0.4, 85, 999, 999.6, 8400, 59_949, 59_960, 125_000, 11_220_000].map(duration), [
    '0 ms',
    '< 1 ms',
    '85 ms',
    '999 ms',
    '1.0 s',
    '8.4 s',
    '59.9 s',
    '1 m 00 s',
    '2 m 05 s',
    '3 h 07 m',
  ]);
  assert.deepEqual([812, 3400, 12_000_000, 999_900].map(size), ['812 B', '3.4 kB', '12 MB', '1.0 MB']);
});

test('bars', () => {
  assert.equal(bar(5, 10, 10), '█████');
  assert.equal(bar(0.0001, 10, 10), '▏');
  assert.equal(bar(0, 10, 10), '');
});

test('colours: NO_COLOR, then FORCE_COLOR, then the terminal', () => {
  assert.equal(wantsColour({}, true), true);
  assert.equal(wantsColour({}, false), false);
  assert.equal(wantsColour({ TERM: 'dumb' }, true), false);
  assert.equal(wantsColour({ FORCE_COLOR: '1' }, false), true);
  assert.equal(wantsColour({ FORCE_COLOR: '0' }, true), false);
  assert.equal(wantsColour({ NO_COLOR: '1', FORCE_COLOR: '1' }, true), false);
});

test('the name that was meant', () => {
  assert.equal(nearestName('hots', ['hosts', 'match']), 'hosts');
  assert.equal(nearestName('upstream', ['hosts', 'upstreams']), 'upstreams');
  assert.equal(nearestName('banana', ['hosts', 'match']), undefined);
  assert.equal(editDistance('abc', 'acb'), 1);
});

test('a table keeps to the terminal', () => {
  const lines: string[] = [];
  const narrow: Terminal = { ...out, width: 20, line: text => void lines.push(text ?? '') };
  const rows = [{ name: 'a rather long name of a run', calls: 12 }];
  printTable(
    narrow,
    [
      { title: 'name', text: row => row.name, shrinkTo: 6 },
      { title: 'calls', align: 'right', text: row => String(row.calls) },
    ],
    rows,
  );
  assert.deepEqual(lines, ['name           calls', 'a rather lon…     12']);
});

test('a table leaves out what a narrow terminal has no room for, the sparest first', () => {
  const rows = [{ name: 'a rather long name of a run', calls: 12, cost: '~$0.00057' }];
  const columns = [
    { title: 'name', text: (row: (typeof rows)[0]) => row.name, shrinkTo: 6 },
    { title: 'calls', text: (row: (typeof rows)[0]) => String(row.calls), spare: 1 },
    { title: 'cost', text: (row: (typeof rows)[0]) => row.cost, spare: 2 },
  ];
  const heads = [24, 23, 13, 12].map(width => {
    const lines: string[] = [];
    printTable({ ...out, width, line: text => void lines.push(text ?? '') }, columns, rows);
    for (const line of lines) assert.ok(textWidth(line) <= width, line);
    return lines[0];
  });
  assert.deepEqual(heads, ['name    calls  cost', 'name              calls', 'name    calls', 'name']);
});

test('facts go on in another line where a terminal is narrow, never inside a word', () => {
  const facts = ['gpt-4.1-mini', '\u001b[2mtool_calls\u001b[0m', '160 → 16 tokens', '15 ms'];
  assert.deepEqual(factLines({ ...out, width: 10_000 }, facts), [facts.join(' · ')]);
  assert.deepEqual(factLines({ ...out, width: 33 }, facts, 2), [
    'gpt-4.1-mini · \u001b[2mtool_calls\u001b[0m',
    '160 → 16 tokens · 15 ms',
  ]);
  assert.deepEqual(factLines({ ...out, width: 5 }, facts), facts);
});

test('words of a command are shown as they are typed', () => {
  assert.equal(shellWord('a/b-c.py'), 'a/b-c.py');
  assert.equal(shellWord("it's"), `'it'\\''s'`);
});
