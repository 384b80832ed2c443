import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { RewindError } from '../../src/errors.ts';
import { VerifiedBisects } from '../../src/extension/verified-bisects.ts';
import { contrast, nameless, tabOrder } from './accessibility.ts';
import { startBrowser, withoutBrowser } from './browser.ts';
import { type BisectOptions, memory, type OpenBisect, openBisect, reportOf } from './open-bisect.ts';
import { type Site, serveSite } from './open-page.ts';
import { THEMES } from './themes.ts';
import { changedSetting, driftedTool, hostile, longRuns, type TwoRuns } from './two-runs.ts';

const skip = withoutBrowser;
let browser: Browser;
let site: Site;

before(async () => {
  if (!skip) [browser, site] = await Promise.all([startBrowser(), serveSite('bisect')]);
});
after(async () => {
  if (skip) return;
  await browser.close();
  await site.close();
});

/** Opens a panel, runs the test on it, and wants no fault of any kind. */
async function on(
  runs: TwoRuns,
  options: BisectOptions,
  run: (open: OpenBisect) => Promise<void>,
): Promise<void> {
  const open = await openBisect(browser, site, runs, options);
  try {
    await run(open);
    assert.deepEqual(open.faults, []);
  } finally {
    await open.page.context().close();
  }
}

const card = (page: Page, name: string) => page.getByRole('article', { name });
const selected = (page: Page) => page.getByRole('option', { selected: true });
const button = (page: Page, name: string) => page.getByRole('button', { name });

/** The page's side takes a turn of its own. */
async function until(what: string, holds: () => boolean): Promise<void> {
  for (let turn = 0; turn < 200; turn++) {
    if (holds()) return;
    await new Promise(resolve => setTimeout(resolve, 20));
  }
  assert.fail(`never came true: ${what}`);
}

test('both runs side by side, the divergence marked and in view', { skip }, async () => {
  await on(driftedTool(), {}, async ({ page }) => {
    assert.equal(
      await page.getByRole('heading', { level: 1 }).textContent(),
      'First divergence at call 2, in behaviour too',
    );
    assert.equal(await page.getByRole('option').count(), 3);
    const row = page.locator('.row.material.behaviour');
    assert.match(
      (await row.getAttribute('aria-label'))!,
      /first divergence; from here on the agents act otherwise\. Good call 2: Good news.* Bad call 2: refund/,
    );
    assert.equal(await row.getAttribute('aria-selected'), 'true');
    await page.locator('.pair-changes').getByText('finish reason').waitFor();
    await page.getByRole('option').first().click();
    await page.locator('.pair-changes').getByText('The same in both runs.').waitFor();
  });
});

test('a card tells its cause: status, place, the values as a diff of JSON, the line', { skip }, async () => {
  await on(driftedTool(), {}, async ({ page, asked }) => {
    const cause = card(page, 'upstream_tool_output_drifted');
    assert.equal(await cause.locator('.cause-status').textContent(), 'ISOLATED');
    assert.match((await cause.locator('.diff').textContent())!, /^\{\n {2}"order": \{\n/);
    assert.equal(await cause.locator('.diff del').textContent(), 'shipped');
    assert.equal(await cause.locator('.diff ins').textContent(), 'delayed');
    await cause.getByRole('button', { name: 'shop/order_agent.py:41' }).click();
    await until('the source line is opened', () => asked.includes('site /shop/order_agent.py:41'));
  });
});

test('buttons ask for what they say', { skip }, async () => {
  await on(driftedTool(), {}, async ({ page, asked }) => {
    await button(page, 'Debug here').click();
    // Calls 0 and 1 are followed by their tools.
    await until('the debugger is asked for', () => asked.includes('debug 4'));
    await button(page, 'Copy as Markdown').click();
    await page.getByRole('status').getByText('Copied').waitFor();
    assert.match(
      asked.find(one => one.startsWith('copy'))!,
      /\| `upstream_tool_output_drifted` \| ISOLATED \|/,
    );
    await button(page, 'bad call 2').click();
    await until('the time line is asked for', () => asked.includes('step bad 4'));
  });
});

test('an ignore rule names the place that differs', { skip }, async () => {
  await on(changedSetting(), {}, async ({ page, asked }) => {
    const cause = card(page, 'sampling_params_changed');
    await cause.getByRole('button', { name: 'Add ignore rule' }).click();
    await until('the rule is added', () => asked.includes('ignore {"ignore":["$.temperature"]}'));
    assert.equal(await cause.locator('del').textContent(), '0');
    assert.equal(await cause.locator('ins').textContent(), '1.2');
  });
});

test('a rule that was just added can be taken back, until something else changes', { skip }, async () => {
  await on(changedSetting(), {}, async ({ page, asked, conversation }) => {
    await button(page, 'Add ignore rule').click();
    await page.getByText('Added to rewind.config.json: ignore $.temperature').waitFor();
    await button(page, 'Undo').click();
    await until('the rule is taken back', () => asked.includes('unignore {"ignore":["$.temperature"]}'));
    await conversation.refresh();
    await button(page, 'Undo').waitFor({ state: 'detached' });
  });
});

test('where nothing is verified, it is said', { skip }, async () => {
  await on(driftedTool(), {}, async ({ page }) => {
    await button(page, 'Verify').click();
    await page.getByRole('status').getByText('Not verified: the notes say why').waitFor();
  });
});

test('verifying tells what is tried, and brings the new status', { skip }, async () => {
  const runs = driftedTool();
  let go = (): void => undefined;
  const verify: BisectOptions['verify'] = async (_, __, onTrial) => {
    onTrial('the good run on its own tape');
    await new Promise<void>(resolve => {
      go = resolve;
    });
    const report = reportOf(runs);
    return { ...report, causes: report.causes.map(cause => ({ ...cause, status: 'VERIFIED' as const })) };
  };
  const verified = new VerifiedBisects(memory());
  await on(runs, { verify, verified }, async ({ page }) => {
    await button(page, 'Verify').click();
    await page.getByRole('status').getByText('Trying the good run on its own tape').waitFor();
    await button(page, 'Cancel').waitFor();
    assert.equal(await page.getByText('Verify', { exact: true }).isVisible(), false);
    go();
    await page.locator('.cause-status').getByText('VERIFIED').waitFor();
    await button(page, 'Verify again').waitFor();
    await page.getByRole('status').getByText('Verified', { exact: true }).waitFor();
  });
  // In another window, or after a reload; not for runs that compare otherwise.
  await on(runs, { verified }, async ({ page, asked }) => {
    await page.locator('.cause-status').getByText('VERIFIED').waitFor();
    await button(page, 'Verify again').waitFor();
    assert.deepEqual(asked, []);
  });
  await on(changedSetting(), { verified }, async ({ page }) => {
    await page.getByText('Verify', { exact: true }).waitFor();
    assert.equal(await page.locator('.cause-status').getByText('VERIFIED').count(), 0);
  });
});

test('cancel stops what runs and keeps what was known', { skip }, async () => {
  const verify: BisectOptions['verify'] = (_, signal) =>
    new Promise(resolve => signal.addEventListener('abort', () => resolve(null)));
  await on(driftedTool(), { verify }, async ({ page }) => {
    await button(page, 'Verify').click();
    await button(page, 'Cancel').click();
    await button(page, 'Verify').waitFor();
    assert.equal(await page.locator('.cause-status').textContent(), 'ISOLATED');
  });
});

test('tools with effects are run again only when that is wanted', { skip }, async () => {
  const runs = driftedTool();
  const allowed: boolean[] = [];
  const verify: BisectOptions['verify'] = async allow => {
    allowed.push(allow);
    if (!allow)
      throw new RewindError('tools-with-effects', 'refund may change something', 'add --allow-effects');
    return reportOf(runs);
  };
  await on(runs, { verify }, async ({ page }) => {
    await button(page, 'Verify').click();
    await page.getByRole('alert').getByText('refund may change something').waitFor();
    await button(page, 'Run them again all the same').click();
    await button(page, 'Verify again').waitFor();
    assert.equal(await page.getByRole('alert').count(), 0);
    assert.deepEqual(allowed, [false, true]);
  });
});

test('without trust nothing is run, debugged or written', { skip }, async () => {
  await on(changedSetting(), { trusted: false }, async ({ page }) => {
    await card(page, 'sampling_params_changed').waitFor();
    for (const name of ['Verify', 'Debug here', 'Add ignore rule'])
      assert.equal(await page.getByText(name, { exact: true }).filter({ visible: true }).count(), 0, name);
    await button(page, 'Copy as Markdown').waitFor();
  });
});

test('equal runs have no divergence', { skip }, async () => {
  const { good } = driftedTool();
  await on({ good, bad: good }, {}, async ({ page }) => {
    assert.match((await page.getByRole('heading', { level: 1 }).textContent())!, /^No divergence/);
    assert.equal(await page.getByRole('article').count(), 0);
    assert.equal(await page.getByText('Verify', { exact: true }).isVisible(), false);
  });
});

test('keyboard: rows, differences, ruled out', { skip }, async () => {
  await on(driftedTool(), {}, async ({ page }) => {
    await page.getByRole('listbox', { name: 'Calls of both runs' }).focus();
    await page.keyboard.press('Home');
    await page.locator('#pairs[aria-activedescendant="pairs-0"]').waitFor();
    await page.keyboard.press('n');
    await page.locator('#pairs[aria-activedescendant="pairs-2"]').waitFor();
    await page.locator('.ruled-out summary').focus();
    await page.keyboard.press('Enter');
    await page.locator('.ruled-out dt').first().waitFor();
  });
});

test('a screen reader finds everything by name, and Tab goes through it in the order of the page', {
  skip,
}, async () => {
  await on(driftedTool(), {}, async ({ page }) => {
    assert.deepEqual(await nameless(page), []);
    assert.deepEqual(await tabOrder(page), [
      'call 2',
      'Verify',
      'Debug here',
      'Copy as Markdown',
      'Calls of both runs',
      'The selected calls',
      'Good call 2',
      'bad call 2',
      'Width of the runs',
      'call 2',
      'shop/order_agent.py:41',
      'Add ignore rule',
      'Ruled out: 22 causes',
    ]);
  });
});

test('the page keeps its place over a reload', { skip }, async () => {
  await on(driftedTool(), {}, async ({ page }) => {
    await page.locator('.ruled-out summary').click();
    await page.getByRole('option').nth(1).click();
    await page.reload();
    await page.locator('.ruled-out dt').first().waitFor();
    assert.match((await selected(page).getAttribute('aria-label'))!, /Good call 1/);
  });
});

test('10,000 rows: few of them exist, the ends are a key away', { skip }, async () => {
  await on(longRuns(10_000), {}, async ({ page }) => {
    await selected(page).filter({ hasText: '9999' }).waitFor();
    assert.ok((await page.getByRole('option').count()) < 80);
    await page.getByRole('listbox', { name: 'Calls of both runs' }).focus();
    await page.keyboard.press('Home');
    await selected(page).filter({ hasText: 'Value 0' }).waitFor();
    assert.equal(await page.locator('.row.material').count(), 0);
    await button(page, 'call 9999').first().click();
    await page.locator('.row.material.selected').waitFor();
    const box = (await page.locator('.strip').boundingBox())!;
    await page.locator('.strip').click({ position: { x: box.width / 2, y: 10 } });
    await selected(page).filter({ hasText: '5000' }).waitFor();
  });
});

test('recorded text stays text', { skip }, async () => {
  await on(hostile(), {}, async ({ page }) => {
    await card(page, 'upstream_tool_output_drifted').waitFor();
    for (const tag of ['script:not([nonce])', 'img', 'iframe', 'a[href]'])
      assert.equal(await page.locator(`main ${tag}`).count(), 0, tag);
    assert.equal(await page.getByRole('heading', { level: 1 }).count(), 1);
    assert.doesNotMatch((await page.locator('main').textContent())!, /[\u202e\u2066]/);
  });
});

for (const theme of Object.keys(THEMES) as (keyof typeof THEMES)[]) {
  test(`${theme}: the runs, the mark and the status can be told from what is behind them`, {
    skip,
  }, async () => {
    await on(driftedTool(), { theme }, async ({ page }) => {
      const colours = await page.evaluate(
        `[...document.querySelectorAll('h1, .run-head h2, .row .summary, .row .mark, .cause-status, .cause-detail, .diff ins, .diff del')]
          .map(one => [one.className || one.tagName, getComputedStyle(one).color])`,
      );
      const background = await page.evaluate('getComputedStyle(document.body).backgroundColor');
      for (const [name, colour] of colours as [string, string][])
        assert.ok(contrast(colour, background as string) >= 4.5, `${name}: ${colour} on ${background}`);
    });
  });
}
