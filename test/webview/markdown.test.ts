import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import fc from 'fast-check';
import type { Browser, Page } from 'playwright-core';
import { startBrowser, withoutBrowser } from './browser.ts';
import { HOSTILE } from './made-up.ts';

const skip = withoutBrowser;
let browser: Browser;
let page: Page;

before(async () => {
  if (skip) return;
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('../../webview/session/markdown.ts', import.meta.url))],
    bundle: true,
    format: 'iife',
    globalName: 'markdown',
    write: false,
  });
  browser = await startBrowser();
  page = await browser.newPage();
  await page.goto('about:blank');
  await page.addScriptTag({ content: outputFiles[0]!.text });
});
after(() => browser?.close());

/** Each text as HTML: what the browser itself writes for the elements that were made. */
const rendered = (texts: readonly string[]): Promise<readonly string[]> =>
  page.evaluate(`(${JSON.stringify(texts)}).map(text => {
    const box = document.createElement('div');
    box.append(markdown.renderMarkdown(text));
    return box.innerHTML;
  })`);

const html = async (text: string): Promise<string> => (await rendered([text]))[0]!;

const CASES: readonly (readonly [name: string, text: string, html: string])[] = [
  ['paragraphs and line breaks', 'one\ntwo\n\nthree', '<p>one<br>two</p><p>three</p>'],
  [
    'emphasis',
    '**a** *b* __c__ _d_ ~~e~~',
    '<p><strong>a</strong> <em>b</em> <strong>c</strong> <em>d</em> <s>e</s></p>',
  ],
  ['emphasis in emphasis', '**a *b* c**', '<p><strong>a <em>b</em> c</strong></p>'],
  [
    'no emphasis',
    'a * b * c, snake_case_name, 2 ** 3, **open',
    '<p>a * b * c, snake_case_name, 2 ** 3, **open</p>',
  ],
  ['code', 'run `a **b**` and ``a ` b``', '<p>run <code>a **b**</code> and <code>a ` b</code></p>'],
  ['escapes', '\\*a\\* \\[b\\]', '<p>*a* [b]</p>'],
  [
    'headings below the page’s own',
    '# One\n#### Four ##',
    '<div class="md-heading md-h1" role="heading" aria-level="4">One</div><div class="md-heading md-h4" role="heading" aria-level="6">Four</div>',
  ],
  ['no heading', '#tag', '<p>#tag</p>'],
  ['lists', '- a\n- b\n  - c\n', '<ul><li><p>a</p></li><li><p>b</p><ul><li><p>c</p></li></ul></li></ul>'],
  ['numbered lists', '3. a\n4. b', '<ol start="3"><li><p>a</p></li><li><p>b</p></li></ol>'],
  ['rules', 'a\n\n---\n', '<p>a</p><hr>'],
  ['quotes', '> a\n> - b', '<blockquote><p>a</p><ul><li><p>b</p></li></ul></blockquote>'],
  [
    'fences, closed or not',
    '```js\n<b>\n```\n~~~\nx',
    '<pre class="md-code" tabindex="0" data-language="js"><code>&lt;b&gt;</code></pre><pre class="md-code" tabindex="0"><code>x</code></pre>',
  ],
  [
    'tables',
    '| a | b |\n|---|:-:|\n| 1 | **2** | 3 |',
    '<div class="md-table" tabindex="0"><table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>1</td><td><strong>2</strong></td></tr></tbody></table></div>',
  ],
  [
    'links',
    '[a **b**](https://x.example/p "t") https://y.example/q.',
    '<p><a href="https://x.example/p" title="https://x.example/p" rel="noreferrer">a **b**</a> <a href="https://y.example/q" title="https://y.example/q" rel="noreferrer">https://y.example/q</a>.</p>',
  ],
  [
    'links to nowhere good',
    '[a](javascript:alert(1)) [b](file:///etc/passwd) [c](command:x)',
    '<p><span class="md-dead-link" title="javascript:alert(1">a</span>) <span class="md-dead-link" title="file:///etc/passwd">b</span> <span class="md-dead-link" title="command:x">c</span></p>',
  ],
  [
    'pictures are named, not fetched',
    '![chart](https://x.example/c.png)',
    '<p><span class="md-image"><a href="https://x.example/c.png" title="https://x.example/c.png" rel="noreferrer">chart</a></span></p>',
  ],
  ['markup is text', '<b onclick="x">&amp;</b>', '<p>&lt;b onclick="x"&gt;&amp;amp;&lt;/b&gt;</p>'],
  ['hidden characters are written out', 'a\u202eb', '<p>a\\u202eb</p>'],
];

for (const [name, text, expected] of CASES) {
  test(`Markdown: ${name}`, { skip }, async () => assert.equal(await html(text), expected));
}

const ALLOWED = /^(p|br|strong|em|s|code|pre|div|ul|ol|li|hr|blockquote|table|thead|tbody|tr|th|td|a|span)$/;

test('whatever is written: known elements only, safe links only, no text lost', { skip }, async () => {
  const pieces = [
    '*',
    '**',
    '_',
    '`',
    '```',
    '~~',
    '[',
    '](',
    ')',
    '![',
    '(javascript:x)',
    '(https://x.example)',
    '<script>',
    '#',
    '# ',
    '- ',
    '1. ',
    '> ',
    '|',
    '|-|',
    '\n',
    '\n\n',
    '  ',
    '\\',
    'word',
    'ü',
    '\u202e',
    'https://y.example',
    HOSTILE,
  ];
  const text = fc
    .array(fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 3 })), { maxLength: 60 })
    .map(all => all.join(''));
  await fc.assert(
    fc.asyncProperty(fc.array(text, { minLength: 20, maxLength: 20 }), async texts => {
      for (const [i, made] of (await rendered(texts)).entries()) {
        for (const [, tag] of made.matchAll(/<([a-z0-9]+)/g)) assert.match(tag!, ALLOWED);
        for (const [, href] of made.matchAll(/href="([^"]*)"/g))
          assert.match(href!, /^(https?:\/\/|mailto:)/i);
        assert.doesNotMatch(made, /<[^>]*\son\w+=/);
        const letters = (shown: string): number => [...shown].filter(character => character === 'ü').length;
        const inUrls = [...made.matchAll(/(?:href|title|data-language)="[^"]*"/g)].join('');
        const kept = letters(made.replace(/(?:href|title|data-language)="[^"]*"/g, '')) + letters(inUrls);
        assert.ok(kept >= letters(texts[i]!) - lostInTables(texts[i]!), JSON.stringify(texts[i]));
      }
    }),
    { numRuns: 40 },
  );
});

/** A row's cells beyond its table's columns, a fence's further words and a link's title are not shown, as Markdown has it. */
function lostInTables(text: string): number {
  return /\||`{3}|~{3}|\]\(/.test(text) ? Number.POSITIVE_INFINITY : 0;
}

test('long runs of marks are read in time', { skip }, async () => {
  const runs = ['*', '_', '`', '[', '![', '](', '> ', '- ', '|', '#', '**a ', '~~a ', '[a](', '`a``'];
  const made = await rendered(runs.map(mark => mark.repeat(20_000)));
  assert.equal(made.length, runs.length);
});
