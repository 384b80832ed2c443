import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { sessionView } from '../../src/extension/session-view.ts';
import type { Timeline } from '../../src/timeline/timeline.ts';
import { startBrowser, withoutBrowser } from './browser.ts';
import { long, showcase } from './made-up.ts';
import { type OpenOptions, type OpenPage, openPage, type Site, serveSite } from './open-page.ts';
import { recordedExample } from './recorded.ts';
import { THEMES } from './themes.ts';

const skip = withoutBrowser;
const show = showcase();
let browser: Browser;
let site: Site;

before(async () => {
  if (!skip) [browser, site] = await Promise.all([startBrowser(), serveSite()]);
});
after(async () => {
  if (skip) return;
  await browser.close();
  await site.close();
});

/** Opens a page, runs the test on it, and wants no fault of any kind. */
async function on(
  timeline: Timeline,
  options: OpenOptions,
  run: (open: OpenPage) => Promise<void>,
): Promise<void> {
  const open = await openPage(browser, site, timeline, options);
  try {
    await run(open);
    assert.deepEqual(open.faults, []);
  } finally {
    await open.page.context().close();
  }
}

/** Waits for an expression to hold. The page's policy forbids what the browser driver does for this. */
async function until(page: Page, expression: string): Promise<void> {
  for (let turn = 0; turn < 200; turn++) {
    if (await page.evaluate(`Boolean(${expression})`)) return;
    await page.waitForTimeout(20);
  }
  assert.fail(`never came true: ${expression}`);
}

const slider = (page: Page) => page.getByRole('slider', { name: 'Time line' });
const selected = (page: Page) => page.getByRole('option', { selected: true });
/** Waits until so-and-so many is the selected step. */
const isAt = (page: Page, step: number) => page.locator(`.time-line[aria-valuenow="${step}"]`).waitFor();
const state = (step: number, more: object = {}) => ({ session: show.session.start.id, step, ...more });

test('a recorded session: lanes, steps, numbers, messages', { skip }, async () => {
  const timeline = await recordedExample('research-team', 'api.anthropic.com');
  await on(timeline, {}, async ({ page }) => {
    assert.equal(await page.getByRole('heading', { level: 1 }).textContent(), 'node research-team.ts');
    assert.match(
      (await page.locator('.session-facts').textContent())!,
      /^6 calls · 2 tool steps · 4 lanes · .* · exit 0$/,
    );
    assert.equal(await page.locator('.lane-label').count(), 4);
    assert.equal(await page.getByRole('option').count(), 8);
    assert.match(
      (await slider(page).getAttribute('aria-valuetext'))!,
      /^Step 0 of 7, call to claude-sonnet-4-6, lane 0, at .*, took .* tokens in, 7 out, \$0\.\d+$/,
    );
    const answer = page.getByRole('article', { name: 'answer' });
    await answer.getByText('"history"').waitFor();
    await slider(page).press('End');
    await page.getByRole('article', { name: 'answer' }).getByText('All about coffee').waitFor();
    await page.locator('.sites').getByText('research-team.ts').first().waitFor();
  });
});

test('keyboard: steps, lanes, ends, zoom', { skip }, async () => {
  await on(long(400), {}, async ({ page }) => {
    await slider(page).focus();
    await page.keyboard.press('ArrowRight');
    await isAt(page, 1);
    await page.keyboard.press('End');
    const last = Number(await slider(page).getAttribute('aria-valuemax'));
    await isAt(page, last);
    await page.keyboard.press('Home');
    await isAt(page, 0);
    await page.keyboard.press('Shift+ArrowRight');
    await isAt(page, 1);
    await page.keyboard.press('ArrowDown');
    assert.match((await slider(page).getAttribute('aria-valuetext'))!, /lane 1/);
    await page.keyboard.press('e');
    assert.match((await slider(page).getAttribute('aria-valuetext'))!, /HTTP 500/);
    const whole = await ruler(page);
    await page.keyboard.press('+');
    await page.keyboard.press('+');
    assert.notEqual(await ruler(page), whole);
    await page.keyboard.press('0');
    await selected(page).waitFor();
    await page.getByRole('listbox', { name: 'Steps' }).focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('PageDown');
    const step = Number(await slider(page).getAttribute('aria-valuenow'));
    await page.locator(`#steps[aria-activedescendant="steps-${step}"]`).waitFor();
  });
});

/** The ruler's picture. */
const ruler = (page: Page): Promise<string> =>
  page.evaluate(
    'new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(document.querySelector("canvas.ruler").toDataURL()))))',
  );

test('pointer: a bar selects its step, the wheel zooms, dragging moves along, a double click zooms in', {
  skip,
}, async () => {
  await on(show, {}, async ({ page, said }) => {
    const canvas = page.locator('.lanes-canvas');
    const box = (await canvas.boundingBox())!;
    // The streamed call runs from 2.7 s to 4.88 s of 7.9 s.
    const x = (3.5 / 7.9) * box.width;
    await canvas.click({ position: { x, y: 12 } });
    await isAt(page, 5);
    const whole = await ruler(page);
    await page.mouse.move(box.x + x, box.y + 12);
    await page.keyboard.down('Control');
    await page.mouse.wheel(0, -400);
    await page.keyboard.up('Control');
    const zoomed = await ruler(page);
    assert.notEqual(zoomed, whole);
    await page.mouse.down();
    await page.mouse.move(box.x + x - 150, box.y + 12, { steps: 4 });
    await page.mouse.up();
    assert.notEqual(await ruler(page), zoomed);
    await isAt(page, 5);
    await page.getByRole('button', { name: /Show all/ }).click();

    assert.equal(await ruler(page), whole);
    await canvas.dblclick({ position: { x: (6.2 / 7.9) * box.width, y: 12 } });
    await isAt(page, 6);
    assert.notEqual(await ruler(page), whole);
    assert.deepEqual(
      said.flatMap(message => (message.type === 'selected' ? [message.step] : [])),
      [5, 6],
    );
  });
});

test('the rows of numbers: a place selects its call, output tells what was printed', { skip }, async () => {
  await on(show, {}, async ({ page }) => {
    const canvas = page.locator('.numbers-canvas');
    const { width, height } = (await canvas.boundingBox())!;
    await canvas.click({ position: { x: (6.2 / 7.9) * width, y: 20 } });
    await isAt(page, 6);
    await canvas.hover({ position: { x: (2.4 / 7.9) * width, y: height - 8 } });
    await page.locator('.tip', { hasText: 'stdout, 17 B: refund(ORD-1042)' }).waitFor();
    await page.locator('.lanes-canvas').hover({ position: { x: (3.5 / 7.9) * width, y: 12 } });
    await page.locator('.tip', { hasText: '#5 gpt-4o' }).waitFor();
    assert.match(
      (await page.locator('.tip').textContent())!,
      /first byte after 660 ms.*327 → 67 tokens · 196 cached/,
    );
  });
});

test('the axis can run by steps', { skip }, async () => {
  await on(show, {}, async ({ page }) => {
    const time = await ruler(page);
    await page.getByRole('button', { name: /^Axis: time/ }).click();
    await page.getByRole('button', { name: /^Axis: steps/ }).waitFor();
    assert.notEqual(await ruler(page), time);
    // Eight steps of equal width.
    const canvas = page.locator('.lanes-canvas');
    const { width } = (await canvas.boundingBox())!;
    await canvas.click({ position: { x: (6.5 / 8) * width, y: 12 } });
    await isAt(page, 6);
  });
});

test('search: hits are told, marked and walked through', { skip }, async () => {
  await on(show, {}, async ({ page }) => {
    await page.getByRole('search').locator('input').fill('carrier');
    const status = page.getByRole('status');
    await status.getByText('2', { exact: true }).waitFor();
    assert.equal(await page.locator('.row.hit').count(), 2);
    await page.keyboard.press('Enter');
    await isAt(page, 5);
    await status.getByText('1 of 2').waitFor();
    await until(page, 'CSS.highlights.get("found")?.size > 0');
    await page.keyboard.press('Enter');
    await isAt(page, 6);
    await page.keyboard.press('Shift+Enter');
    await isAt(page, 5);
    await page.getByRole('search').locator('input').fill('no such words');
    await status.getByText('none').waitFor();
    await page.keyboard.press('Escape');
    await until(page, '!document.querySelector(".row.hit") && !CSS.highlights.has("found")');
  });
});

test('a call is read in parts: history on request, changes, context, request, transport', {
  skip,
}, async () => {
  await on(show, { state: state(6) }, async ({ page }) => {
    await page.getByText('7 earlier messages').waitFor();
    await page.getByRole('button', { name: 'show', exact: true }).click();
    await page.getByRole('article', { name: 'Message 1, user' }).waitFor();
    await page.getByRole('tab', { name: /Changes/ }).click();
    assert.equal(
      await page.locator('.change.inline', { hasText: 'temperature' }).textContent(),
      'parameters · temperature0.2 → 0.7',
    );
    const system = page.locator('.change', { has: page.locator('.change-name', { hasText: /^system$/ }) });
    assert.deepEqual(await system.locator('ins').allTextContents(), ['very ', 'keep']);
    await page.getByRole('tab', { name: 'Context' }).press('ArrowRight');
    await page.getByRole('tab', { name: 'Context' }).click();
    assert.deepEqual(await page.locator('.shares th').allTextContents(), [
      'system',
      'tools',
      'user',
      'assistant',
      'tool results',
    ]);
    await page.getByRole('button', { name: /^Step 2: 132 tokens/ }).click();
    await isAt(page, 2);
    await page.getByRole('tab', { name: /Request \(2 tools\)/ }).click();
    await page.locator('summary', { hasText: 'search_orders' }).click();
    await page.getByText('Finds orders of a customer.').last().waitFor();
    await page.getByRole('tab', { name: 'Transport' }).click();
    assert.match(
      (await page.locator('.transport .facts').first().textContent())!,
      /attempt 1429 at 900 ms, 40 ms: Rate limit reached/,
    );
  });
});

test('Markdown is read as Markdown', { skip }, async () => {
  await on(show, { state: state(5) }, async ({ page }) => {
    const answer = page.getByRole('article', { name: 'answer' });
    await answer.getByRole('heading', { name: 'Findings' }).waitFor();
    assert.equal(
      await answer.getByRole('link', { name: 'the policy' }).getAttribute('href'),
      'https://shop.example/returns',
    );
    assert.deepEqual(await answer.locator('th').allTextContents(), ['item', 'price', 'state']);
    assert.equal(await answer.locator('ol > li').count(), 2);
    assert.match((await answer.locator('pre').textContent())!, /^def refund\(order\):\n {4}return/);
    await page.getByRole('button', { name: 'Plain text' }).click();
    assert.match((await answer.locator('pre').textContent())!, /^# Findings\n/);
    await page.getByRole('button', { name: 'Markdown' }).click();
    await answer.getByRole('heading', { name: 'Findings' }).waitFor();
  });
});

test('hostile text stays text, in every step and every part', { skip }, async () => {
  await on(show, {}, async ({ page }) => {
    for (const { index, kind } of show.steps) {
      await page.evaluate(`window.postMessage({ type: 'select', step: ${index} }, '*')`);
      await isAt(page, index);
      await until(page, '!document.querySelector(".waiting")');
      const tabs = kind === 'call' ? await page.getByRole('tab').all() : [null];
      for (const tab of tabs) {
        await tab?.click();
        await page.evaluate('for (const box of document.querySelectorAll("details")) box.open = true');
        await page.waitForTimeout(10);
        assert.equal(
          await page.locator('main :is(script, img, iframe, style, object, embed, form)').count(),
          0,
        );
        assert.equal(await page.locator('main h1').count(), 1);
        const links: readonly string[] = await page.evaluate(
          '[...document.querySelectorAll("main a")].map(link => link.href)',
        );
        assert.ok(
          links.every(link => /^https?:\/\//.test(link)),
          links.join(),
        );
      }
    }
    const text = (await page.locator('main').textContent())!;
    assert.doesNotMatch(text, /[\u202a-\u202e\u2066-\u2069]/);
  });
});

test('the policy is in force: a script without the nonce does not run', { skip }, async () => {
  const open = await openPage(browser, site, show);
  await open.page.evaluate(`{
    const script = document.createElement('script');
    script.textContent = 'window.ran = true';
    document.body.append(script);
    const picture = document.createElement('img');
    picture.src = 'https://tracker.example/pixel.png';
    document.body.append(picture);
  }`);
  await open.page.waitForTimeout(100);
  assert.equal(await open.page.evaluate('window.ran === undefined'), true);
  const broken = open.faults.flatMap(fault => /^policy: (\S+)/.exec(fault)?.[1] ?? []);
  assert.deepEqual(broken, ['script-src-elem', 'img-src']);
  assert.ok(!open.faults.some(fault => fault.startsWith('request:')));
  await open.page.context().close();
});

test('themes: colours come from the editor, and change with it', { skip }, async () => {
  for (const theme of Object.keys(THEMES) as (keyof typeof THEMES)[]) {
    await on(show, { theme }, async ({ page }) => {
      await untilColoured(page, solid(THEMES[theme].variables['charts-red']!));
      await page.evaluate(`wear(${JSON.stringify(THEMES.light)})`);
      await untilColoured(page, solid(THEMES.light.variables['charts-red']!));
    });
  }
});

async function untilColoured(page: Page, expected: readonly number[]): Promise<void> {
  for (let turn = 0; turn < 100; turn++) {
    if (isDeepStrictEqual(await barColour(page), expected)) return;
    await page.waitForTimeout(20);
  }
  assert.deepEqual(await barColour(page), expected);
}

/** In the failed attempt before the second call, which is drawn in full colour. */
const barColour = (page: Page): Promise<readonly number[]> =>
  page.evaluate(`{
    const canvas = document.querySelector('.lanes-canvas');
    [...canvas.getContext('2d').getImageData(Math.round((1.2 / 7.9) * canvas.width), Math.round(17 * devicePixelRatio), 1, 1).data];
  }`);

const solid = (hex: string): number[] => [
  ...[1, 3, 5].map(at => Number.parseInt(hex.slice(at, at + 2), 16)),
  255,
];

test('a reload changes nothing', { skip }, async () => {
  await on(show, {}, async ({ page }) => {
    await page.getByRole('option').nth(6).click();
    await page.getByRole('tab', { name: /Changes/ }).click();
    await page.getByRole('button', { name: /^Axis/ }).click();
    await page.getByRole('search').locator('input').fill('carrier');
    await page.getByRole('status').getByText('2 of 2').waitFor();
    await until(page, 'JSON.parse(sessionStorage.getItem("state")).step === 6');
    await page.reload();
    await isAt(page, 6);
    await page.getByRole('button', { name: /^Axis: steps/ }).waitFor();
    await page.locator('.change', { hasText: 'temperature' }).waitFor();
    await page.getByRole('status').getByText('2 of 2').waitFor();
  });
});

test('a session that is being recorded grows, and the reader stays where they are', { skip }, async () => {
  const whole = sessionView(show);
  const until = (steps: number) => ({ ...whole, live: true, steps: whole.steps.slice(0, steps) });
  await on(show, {}, async ({ page, post }) => {
    await post({ type: 'session', view: until(4), readOnly: false });
    await page.locator('.live').waitFor();
    await slider(page).press('End');
    await isAt(page, 3);
    await post({ type: 'session', view: until(6), readOnly: false });
    await isAt(page, 5);
    assert.equal(await slider(page).evaluate(line => line.matches(':focus')), true);
    await page.keyboard.press('Home');
    const field = page.getByRole('search').locator('input');
    await field.pressSequentially('carr');
    await post({ type: 'session', view: whole, readOnly: false });
    await page.locator('.time-line[aria-valuemax="7"]').waitFor();
    await isAt(page, 0);
    await field.pressSequentially('ier');
    await page.getByRole('status').getByText('2', { exact: true }).waitFor();
  });
});

test('the debugger leads the page and is led by it', { skip }, async () => {
  await on(show, {}, async ({ page, post, asked }) => {
    await post({ type: 'debugger', attached: true });
    await page.getByRole('button', { name: 'Moves the debugger' }).waitFor();
    await post({ type: 'select', step: 5 });
    await isAt(page, 5);
    assert.deepEqual(asked, []);
    await slider(page).press('ArrowRight');
    await isAt(page, 6);
    await page.getByRole('button', { name: 'Moves the debugger' }).click();
    await slider(page).press('ArrowRight');
    await isAt(page, 7);
    await page.getByRole('button', { name: 'Debug from here' }).click();
    await page.getByRole('button', { name: 'Open as document' }).click();
    await page.waitForTimeout(50);
    assert.deepEqual(asked, ['selected 6 with the debugger', 'selected 7', 'debug 7', 'document 7']);
  });
});

test('read-only: nothing to debug', { skip }, async () => {
  await on(show, { readOnly: true }, async ({ page }) => {
    await page.getByRole('button', { name: 'Open as document' }).waitFor();
    assert.equal(await page.getByRole('button', { name: 'Debug from here' }).count(), 0);
  });
});

test('10,000 steps: only what is in view exists', { skip }, async () => {
  await on(long(10_000), {}, async ({ page }) => {
    const size = (): Promise<number> => page.evaluate('document.querySelectorAll("*").length');
    assert.ok((await size()) < 700, `${await size()} elements`);
    await slider(page).press('End');
    const last = Number(await slider(page).getAttribute('aria-valuemax'));
    assert.ok(last > 9000);
    await page.locator(`#steps-${last}`).waitFor();
    await page.locator('.lane-label').last().waitFor();
    await page.evaluate('document.querySelector(".virtual-list").scrollTop = 100_000');
    await page.locator('#steps-4170').waitFor();
    assert.ok((await size()) < 700, `${await size()} elements`);
    assert.equal(await page.locator('.row').first().getAttribute('aria-setsize'), String(last + 1));
  });
});

test('everything that can be reached by keyboard has a name', { skip }, async () => {
  await on(show, { state: state(5) }, async ({ page }) => {
    await page.getByRole('heading', { name: 'Findings' }).waitFor();
    const nameless: readonly string[] =
      await page.evaluate(`[...document.querySelectorAll('main :is(button, a, summary, [tabindex], vscode-button, vscode-text-field)')]
      .filter(one => one.checkVisibility() && !(one.getAttribute('aria-label') || one.getAttribute('aria-labelledby') || one.textContent.trim()))
      .map(one => one.outerHTML.slice(0, 80))`);
    assert.deepEqual(nameless, []);
  });
});

test('a session without calls, and one that cannot be read, say so', { skip }, async () => {
  const empty = { ...show, steps: [], lanes: [] };
  await on(empty, {}, async ({ page, post }) => {
    await page.getByText('No call to a model was recorded.').waitFor();
    await post({ type: 'problem', message: 'The cassette is damaged', hint: 'Export it again.' });
    assert.match(
      (await page.getByRole('alert').textContent())!,
      /The cassette is damaged.*Export it again\./,
    );
  });
});
