/**
 * What one frame of the session page costs in a session of 10,000 steps, in real Chromium: scrolling the list, zooming and
 * panning the time line, stepping. Each is set against the same page with an empty list of the same DOM being scrolled, in the
 * same run: a ratio near 1 means that the frame is the browser's own.
 *
 *     node bench/webview.ts [--steps 10000] [--frames 200]
 */
import { parseArgs } from 'node:util';
import type { CDPSession, Page } from 'playwright-core';
import { sessionView } from '../src/extension/session-view.ts';
import { startBrowser, withoutBrowser } from '../test/webview/browser.ts';
import { long } from '../test/webview/made-up.ts';
import { openPage, serveSite } from '../test/webview/open-page.ts';

const { values } = parseArgs({
  options: { steps: { type: 'string', default: '10000' }, frames: { type: 'string', default: '200' } },
});
if (withoutBrowser) throw new Error(withoutBrowser);
const frames = Number(values.frames);

/** What a frame is made of; `i` counts frames. */
const MOVES: Readonly<Record<string, string>> = {
  'an empty list of the same rows, scrolled': `empty.scrollTop = (i * 977) % (empty.scrollHeight - empty.clientHeight)`,
  'list of steps, scrolled': `list.scrollTop = (i * 977) % (list.scrollHeight - list.clientHeight)`,
  'time line, zoomed in and out around the pointer': `wheel(i % 40 < 20 ? -120 : 120, true)`,
  'time line, moved along while zoomed in': `wheel(i % 40 < 20 ? 60 : -60, false)`,
  'next step by keyboard': `line.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight' }))`,
};

/** Adds the empty list, and hands the moves what they move. */
const PREPARE = `{
  window.line = document.querySelector('.time-line');
  window.list = document.querySelector('.virtual-list');
  window.empty = list.cloneNode(true);
  empty.removeAttribute('id');
  empty.style.cssText = 'position:fixed;left:0;bottom:0;width:' + list.clientWidth + 'px;height:' + list.clientHeight + 'px';
  for (const row of empty.querySelectorAll('.row')) row.replaceChildren();
  document.body.append(empty);
  const canvas = document.querySelector('.lanes-canvas').getBoundingClientRect();
  window.wheel = (delta, zoom) => line.dispatchEvent(new WheelEvent('wheel', { deltaY: delta, ctrlKey: zoom, shiftKey: !zoom, clientX: canvas.left + canvas.width / 3, clientY: canvas.top + 10, bubbles: true, cancelable: true }));
}`;

const timeline = long(Number(values.steps));
const [browser, site] = await Promise.all([startBrowser(), serveSite()]);
try {
  const from = performance.now();
  const view = JSON.stringify(sessionView(timeline));
  const viewMs = performance.now() - from;
  const { page } = await openPage(browser, site, timeline);
  await page.waitForTimeout(500);
  await page.evaluate(PREPARE);
  const devtools = await page.context().newCDPSession(page);
  // Thread ticks: what others do on this machine does not count.
  await devtools.send('Performance.enable', { timeDomain: 'threadTicks' });
  const results: (readonly [name: string, figures: Figures])[] = [];
  for (const [name, move] of Object.entries(MOVES)) {
    results.push([name, await measure(page, devtools, move)]);
    if (name.startsWith('an empty list')) await page.evaluate('empty.remove()');
  }
  const [, base] = results[0]!;
  console.log(
    `\n${timeline.steps.length.toLocaleString('en')} steps in ${timeline.lanes.length} lanes; sent to the page: ${(view.length / 1e6).toFixed(1)} MB, made in ${viewMs.toFixed(0)} ms`,
  );
  console.log(
    `\n| mean of ${frames} frames | main thread, ms | script | style and layout | ÷ empty list | frames over 50 ms |`,
  );
  console.log('|---|---:|---:|---:|---:|---:|');
  for (const [name, { task, script, layout, long: slow }] of results) {
    console.log(
      `| ${name} | ${task.toFixed(2)} | ${script.toFixed(2)} | ${layout.toFixed(2)} | ${(task / base.task).toFixed(1)} | ${slow} |`,
    );
  }
} finally {
  await browser.close();
  await site.close();
}

interface Figures {
  readonly task: number;
  readonly script: number;
  readonly layout: number;
  readonly long: number;
}

/** Milliseconds of the page's main thread by the browser's own count, a frame; and frames of more than 50 ms. */
async function measure(page: Page, devtools: CDPSession, move: string): Promise<Figures> {
  const before = await counters(devtools);
  const long = Number(
    await page.evaluate(`(async () => {
      let long = 0;
      const observer = new PerformanceObserver(list => { long += list.getEntries().length; });
      observer.observe({ type: 'longtask' });
      for (let i = 0; i < ${frames}; i++) {
        ${move};
        await new Promise(done => requestAnimationFrame(done));
      }
      await new Promise(done => setTimeout(done, 100));
      observer.disconnect();
      return long;
    })()`),
  );
  const after = await counters(devtools);
  const each = (name: string): number => (((after.get(name) ?? 0) - (before.get(name) ?? 0)) * 1000) / frames;
  return {
    task: each('TaskDuration'),
    script: each('ScriptDuration'),
    layout: each('LayoutDuration') + each('RecalcStyleDuration'),
    long,
  };
}

async function counters(devtools: CDPSession): Promise<ReadonlyMap<string, number>> {
  const { metrics } = await devtools.send('Performance.getMetrics');
  return new Map(metrics.map(({ name, value }) => [name, value]));
}
