import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import type {
  FromMutationPage,
  MutationPageState,
  MutationView,
  ToMutationPage,
} from '../../webview/mutate/messages.ts';
import { contrast, nameless, tabOrder } from './accessibility.ts';
import { startBrowser, withoutBrowser } from './browser.ts';
import { detailOf, FEW, many, mutant, viewOf } from './made-up-mutation.ts';
import { newWebview, type OpenOptions, type Site, serveSite } from './open-page.ts';
import { THEMES } from './themes.ts';

/** The page of broken answers in a browser, under the policy that it is shipped with. */

const skip = withoutBrowser;
let browser: Browser;
let site: Site;

before(async () => {
  if (!skip) [browser, site] = await Promise.all([startBrowser(), serveSite('mutate')]);
});
after(async () => {
  if (skip) return;
  await browser.close();
  await site.close();
});

interface Open {
  readonly page: Page;
  readonly said: FromMutationPage[];
  post(message: ToMutationPage): Promise<void>;
}

/** Opens the page, runs the test on it, and wants no fault of any kind. */
async function on(
  view: MutationView,
  options: Omit<OpenOptions, 'state'> & { readonly state?: MutationPageState },
  run: (open: Open) => Promise<void>,
): Promise<void> {
  const said: FromMutationPage[] = [];
  const { page, faults, post, open } = await newWebview<FromMutationPage, ToMutationPage>(
    browser,
    site,
    options,
  );
  try {
    await open(message => {
      said.push(message);
      if (message.type === 'ready') void post({ type: 'mutation', view });
      else if (message.type === 'mutant') void post({ type: 'mutant', detail: detailOf(message.id) });
    });
    await run({ page, said, post });
    assert.deepEqual(faults, []);
  } finally {
    await page.context().close();
  }
}

const cell = (page: Page, name: RegExp) => page.getByRole('gridcell', { name });
const row = (page: Page, name: RegExp | string) => page.getByRole('option', { name });
const head = (page: Page, text: string) => page.locator('.mutant-id', { hasText: text });
const shown = (page: Page, count: number) => page.locator('.found', { hasText: `${count} shown` });

test('the matrix says what came of every call site and family', { skip }, async () => {
  await on(viewOf(FEW), {}, async ({ page }) => {
    await page.getByText('1 silent failure · 1 unsafe').waitFor();
    const label = (name: RegExp) => cell(page, name).getAttribute('aria-label');
    assert.equal(await label(/agent.ts:2, provider/), 'agent.ts:2, provider: 1 hung, 2 handled');
    assert.equal(await label(/agent.ts:2, output/), 'agent.ts:2, output: 1 silent, 1 left out');
    assert.equal(await label(/agent.ts:4, output/), 'agent.ts:4, output: 1 unsafe, 1 left out');
    assert.equal(await label(/agent.ts:4, provider/), 'agent.ts:4, provider: 1 not run');
    // Not by colour alone.
    assert.match((await cell(page, /agent.ts:4, output/).textContent())!, /▲1·1/);
    assert.match(
      (await page.getByRole('rowheader').first().textContent())!,
      /agent\.ts:2.*await ask\("first"\)/,
    );
    // The gravest is looked at first.
    await head(page, 'duplicated-call@4').waitFor();
  });
});

test('cells, verdicts and words narrow the list', { skip }, async () => {
  await on(viewOf(FEW), {}, async ({ page }) => {
    await shown(page, 8).waitFor();
    await cell(page, /agent.ts:2, output/).click();
    await shown(page, 2).waitFor();
    await head(page, 'refusal@0').waitFor();
    await page.getByRole('button', { name: /1 silent/ }).click();
    await shown(page, 1).waitFor();
    await page.getByRole('button', { name: 'Show all call sites' }).click();
    await page.getByRole('button', { name: /1 silent/ }).click();
    await shown(page, 8).waitFor();
    await page.getByRole('searchbox', { name: 'Filter broken answers' }).fill('rate');
    await shown(page, 1).waitFor();
    assert.equal(await row(page, /rate-limit-once/).count(), 1);
  });
});

test('the broken answer, the source and the reaction, hostile text made plain', { skip }, async () => {
  await on(viewOf(FEW), { state: { mutant: 'refusal@0' } }, async ({ page }) => {
    const pane = page.locator('.mutant-pane');
    await pane.getByText('#1 refund').waitFor();
    assert.match((await pane.locator('.reason').textContent())!, /<img src=x onerror.*\\u202eevil\\u0007/);
    assert.equal(await page.locator('img').count(), 0);
    assert.equal(await pane.locator('.source-line[aria-current]').textContent(), '2await ask("first");\n');
    assert.match((await pane.locator('del').first().textContent())!, /^The refund/);
    assert.match((await pane.locator('ins').first().textContent())!, /^I cannot help/);
    assert.deepEqual(await pane.locator('.reaction .badge').allTextContents(), [
      'FAULT',
      'not in the recording',
    ]);
  });
});

test('what can be done about a mutant is asked of the extension', { skip }, async () => {
  await on(viewOf(FEW), { state: { mutant: 'refusal@0' } }, async ({ page, said, post }) => {
    const press = (name: string) => page.getByRole('button', { name, exact: true }).click();
    await press('Debug this mutant');
    await press('Run again');
    await press('Accept as expected');
    await press('Open time line');
    await press('agent.ts:2');
    await press('Run all');
    await press('Export JSON');
    await press('Export page');
    await post({ type: 'running', running: { done: 3, total: 8, leftMs: 4000 } });
    await page.getByRole('status').getByText('3 of 8, 4.0 s left').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Run again' }).count(), 0);
    await press('Stop');
    assert.deepEqual(
      said.filter(({ type }) => type !== 'ready' && type !== 'mutant'),
      [
        { type: 'debug', id: 'refusal@0' },
        { type: 'run', ids: ['refusal@0'] },
        { type: 'accept', id: 'refusal@0', accepted: true },
        { type: 'openSession', id: 'refusal@0' },
        { type: 'openSite', site: 0 },
        { type: 'run', ids: null },
        { type: 'export', format: 'json' },
        { type: 'export', format: 'html' },
        { type: 'stop' },
      ],
    );
    await post({ type: 'problem', message: 'The agent is being broken already', hint: 'Wait.' });
    await page.getByRole('alert').getByText('being broken already').waitFor();
    // A result that comes in says nothing of it.
    await post({ type: 'mutation', view: viewOf(FEW) });
    await page.getByRole('button', { name: 'Run all' }).waitFor();
    await page.getByRole('alert').getByRole('button', { name: 'Close' }).click();
    assert.equal(await page.getByRole('alert').count(), 0);
  });
});

test('an accepted finding can be taken back; nothing runs without trust', { skip }, async () => {
  await on(viewOf(FEW, { mayRun: false }), { state: { mutant: 'empty-response@4' } }, async ({ page }) => {
    await page.locator('.mutant-head .pill', { hasText: 'accepted' }).waitFor();
    assert.equal(await page.getByRole('button', { name: /Run|accept/ }).count(), 0);
  });
  await on(viewOf(FEW), { state: { mutant: 'empty-response@4' } }, async ({ page, said }) => {
    await page.getByRole('button', { name: 'No longer accept' }).click();
    assert.deepEqual(said.at(-1), { type: 'accept', id: 'empty-response@4', accepted: false });
  });
});

test('the keyboard reaches everything', { skip }, async () => {
  await on(viewOf(FEW), {}, async ({ page }) => {
    await cell(page, /agent.ts:2, provider/).focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowDown');
    const focused = () => page.evaluate('document.activeElement.getAttribute("aria-label")');
    assert.match(String(await focused()), /^agent.ts:4, output/);
    await page.keyboard.press('Enter');
    await shown(page, 2).waitFor();
    // The name of a call site stands for its whole row.
    await page.keyboard.press('Home');
    await page.keyboard.press('Enter');
    await shown(page, 3).waitFor();
    assert.match(String(await page.evaluate('document.activeElement.textContent')), /^agent.ts:4/);
    await page.keyboard.press('Enter');
    await shown(page, 8).waitFor();
    for (const key of ['ArrowRight', 'ArrowRight', 'Enter']) await page.keyboard.press(key);
    await shown(page, 2).waitFor();
    assert.equal(await page.locator('.matrix [tabindex="0"]').count(), 1);
    await page.getByRole('listbox').focus();
    await page.keyboard.press('End');
    await head(page, 'empty-response@4').waitFor();
    await page.keyboard.press('Home');
    await head(page, 'duplicated-call@4').waitFor();
  });
});

test('a screen reader finds everything by name, and Tab goes through it in the order of the page', {
  skip,
}, async () => {
  await on(viewOf(FEW), {}, async ({ page }) => {
    await page.locator('.mutant-pane:not(.waiting)').waitFor();
    assert.deepEqual(await nameless(page), []);
    assert.deepEqual(
      (await tabOrder(page)).map(name => name.replace(/\s+/g, ' ')),
      [
        'Run all',
        'Export JSON',
        'Export page',
        'agent.ts:2, provider: 1 hung, 2 handled',
        '▲ 1 unsafe',
        '● 1 silent',
        '∞ 1 hung',
        '✓ 2 handled',
        '· 2 left out',
        '○ 1 not run',
        'Filter broken answers',
        'Broken answers',
        'Width of the list',
        'agent.ts:4',
        'Debug this mutant',
        'Run again',
        'Accept as expected',
        'Open time line',
      ],
    );
  });
});

for (const theme of Object.keys(THEMES) as (keyof typeof THEMES)[]) {
  test(`${theme}: verdicts and counts can be read, and told apart without their colour`, {
    skip,
  }, async () => {
    const crashed = mutant({ id: 'auth-expired@0', verdict: 'crashed' });
    await on(viewOf([...FEW, crashed]), { theme }, async ({ page }) => {
      await page.locator('.mutant-pane:not(.waiting)').waitFor();
      const shapes = await page.evaluate(
        "[...document.querySelectorAll('.row .mark')].map(one => getComputedStyle(one).color)",
      );
      // The last number of four is how much of it is to be seen.
      for (const colour of shapes as string[])
        assert.ok(Number(colour.match(/[\d.]+/g)![3] ?? 1) >= 0.6, colour);
      const colours = await page.evaluate(
        `[...document.querySelectorAll('h1, .headline, .session-facts, .row .verdict, .row .name, .row .summary, .pill .word, .chip, .cell, .site-text, .reason, .source-line, .reaction .summary, .found')]
          .map(one => [one.className || one.tagName, getComputedStyle(one).color])`,
      );
      const background = await page.evaluate('getComputedStyle(document.body).backgroundColor');
      for (const [name, colour] of colours as [string, string][])
        assert.ok(contrast(colour, background as string) >= 4.5, `${name}: ${colour} on ${background}`);
      const words = await page.locator('.row .verdict').allTextContents();
      const marks = await page.locator('.row .mark').allTextContents();
      for (const at of ['unsafe', 'silent', 'hung', 'recovered', 'not run'].map(word => words.indexOf(word)))
        assert.equal(marks.filter(mark => mark === marks[at]).length, marks[at] === '✓' ? 3 : 1);
    });
  });
}

test('2,000 mutants: few rows exist, all are reached', { skip }, async () => {
  await on(viewOf(many(2000)), {}, async ({ page, post }) => {
    await shown(page, 0)
      .or(page.locator('.found', { hasText: '2,000 shown' }))
      .waitFor();
    assert.ok((await page.getByRole('option').count()) < 80);
    await page.getByRole('listbox').focus();
    await page.keyboard.press('End');
    await page.locator('[role=option][aria-posinset="2000"][aria-selected=true]').waitFor();
    // Results keep coming; place and focus stay.
    await post({ type: 'mutation', view: viewOf(many(2000)) });
    await page.locator('[role=option][aria-posinset="2000"][aria-selected=true]').waitFor();
    assert.equal(await page.evaluate('document.activeElement.id'), 'mutants');
    await page.getByRole('searchbox', { name: 'Filter broken answers' }).fill('operator-7@');
    await shown(page, 35).waitFor();
  });
});

test('filters and the chosen mutant outlive a reload; a chosen line in the editor narrows', {
  skip,
}, async () => {
  await on(viewOf(FEW), {}, async ({ page, post }) => {
    await cell(page, /agent.ts:2, provider/).click();
    await row(page, /quota/).click();
    await page.reload();
    await head(page, 'quota@0').waitFor();
    await shown(page, 3).waitFor();
    await post({ type: 'site', site: 1 });
    // As many as before, at another line.
    await row(page, /agent\.ts:4/)
      .first()
      .waitFor();
    assert.equal(await row(page, /agent\.ts:4/).count(), 3);
  });
});

test('results from before an edit say so, in every theme', { skip }, async () => {
  const lone = [mutant({ id: 'refusal@0', verdict: 'silent' })];
  for (const theme of Object.keys(THEMES) as (keyof typeof THEMES)[]) {
    await on(viewOf(lone, { state: 'edited' }), { theme }, async ({ page }) => {
      await page.getByRole('rowheader').getByText('edited since').waitFor();
      await page.getByText('Source, edited since the run').waitFor();
    });
  }
});
