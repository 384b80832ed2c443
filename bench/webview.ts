/**
 * What one frame of the pages costs in real Chromium. The session page with 10,000 steps: scrolling the list, zooming and panning
 * the time line, stepping. The page of broken answers with 2,000 of them at 40 call sites: scrolling, choosing, narrowing, and a
 * result that comes in. Each is set against the same page with an empty list of the same DOM being scrolled, in the same run: a
 * ratio near 1 means that the frame is the browser's own.
 *
 *     node bench/webview.ts [--steps 10000] [--mutants 2000] [--frames 200]
 */
import { parseArgs } from 'node:util';
import type { Browser } from 'playwright-core';
import { sessionView } from '../src/extension/session-view.ts';
import { startBrowser, withoutBrowser } from '../test/webview/browser.ts';
import { long } from '../test/webview/made-up.ts';
import { detailOf, many, viewOf } from '../test/webview/made-up-mutation.ts';
import { newWebview, openPage, serveSite } from '../test/webview/open-page.ts';
import type { FromMutationPage, ToMutationPage } from '../webview/mutate/messages.ts';
import { EMPTY_LIST, printFrames } from './page-frames.ts';

const { values } = parseArgs({
  options: {
    steps: { type: 'string', default: '10000' },
    mutants: { type: 'string', default: '2000' },
    frames: { type: 'string', default: '200' },
  },
});
if (withoutBrowser) throw new Error(withoutBrowser);
const frames = Number(values.frames);

const EMPTY = {
  'an empty list of the same rows, scrolled': `empty.scrollTop = (i * 977) % (empty.scrollHeight - empty.clientHeight)`,
};
const SCROLLED = `list.scrollTop = (i * 977) % (list.scrollHeight - list.clientHeight)`;

const browser = await startBrowser();
try {
  await sessionPage(browser);
  await mutationPage(browser);
} finally {
  await browser.close();
}

async function sessionPage(browser: Browser): Promise<void> {
  const timeline = long(Number(values.steps));
  const site = await serveSite();
  try {
    const from = performance.now();
    const view = JSON.stringify(sessionView(timeline));
    const viewMs = performance.now() - from;
    const { page } = await openPage(browser, site, timeline);
    await page.waitForTimeout(500);
    await page.evaluate(`{
      ${EMPTY_LIST}
      window.line = document.querySelector('.time-line');
      const canvas = document.querySelector('.lanes-canvas').getBoundingClientRect();
      window.wheel = (delta, zoom) => line.dispatchEvent(new WheelEvent('wheel', { deltaY: delta, ctrlKey: zoom, shiftKey: !zoom, clientX: canvas.left + canvas.width / 3, clientY: canvas.top + 10, bubbles: true, cancelable: true }));
    }`);
    console.log(
      `\n${timeline.steps.length.toLocaleString('en')} steps in ${timeline.lanes.length} lanes; sent to the page: ${sized(view, viewMs)}`,
    );
    const moves = {
      ...EMPTY,
      'list of steps, scrolled': SCROLLED,
      'time line, zoomed in and out around the pointer': `wheel(i % 40 < 20 ? -120 : 120, true)`,
      'time line, moved along while zoomed in': `wheel(i % 40 < 20 ? 60 : -60, false)`,
      'next step by keyboard': `line.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight' }))`,
    };
    await printFrames(page, moves, frames);
  } finally {
    await site.close();
  }
}

async function mutationPage(browser: Browser): Promise<void> {
  const mutants = many(Number(values.mutants));
  const site = await serveSite('mutate');
  try {
    const from = performance.now();
    const view = viewOf(mutants);
    const text = JSON.stringify(view);
    const viewMs = performance.now() - from;
    const { page, post, open } = await newWebview<FromMutationPage, ToMutationPage>(browser, site, {});
    await open(message => {
      if (message.type === 'ready') void post({ type: 'mutation', view });
      else if (message.type === 'mutant') void post({ type: 'mutant', detail: detailOf(message.id) });
    });
    await page.locator('.mutant-pane:not(.waiting)').waitFor();
    await page.evaluate(`{
      ${EMPTY_LIST}
      window.view = ${text};
      window.chip = () => document.querySelector('.chip');
      window.cells = () => document.querySelectorAll('td.cell:not(.cell-none)');
    }`);
    console.log(
      `\n${mutants.length.toLocaleString('en')} broken answers at ${view.sites.length} call sites; sent to the page: ${sized(text, viewMs)}`,
    );
    const moves = {
      ...EMPTY,
      'list of broken answers, scrolled': SCROLLED,
      'next broken answer by keyboard, and what it shows': `list.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowDown' }))`,
      'narrowed to a cell of the matrix': `cells()[i % cells().length].click()`,
      'narrowed to a verdict, and back': `chip().click()`,
      'a result comes in: the whole view anew': `view.mutants[i].reason = 'other'; postMessage({ type: 'mutation', view }, '*')`,
    };
    await printFrames(page, moves, frames);
  } finally {
    await site.close();
  }
}

function sized(text: string, ms: number): string {
  return `${(text.length / 1e6).toFixed(1)} MB, made in ${ms.toFixed(0)} ms`;
}
