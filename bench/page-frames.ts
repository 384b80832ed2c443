import type { CDPSession, Page } from 'playwright-core';

/** What a frame of a page costs; times in milliseconds of its main thread. */
interface Figures {
  readonly task: number;
  readonly script: number;
  readonly layout: number;
  /** Frames of more than 50 ms. */
  readonly long: number;
}

/**
 * Measures frames in real Chromium and prints a table. `moves`: by name, what a frame is made of, as code for the page in which `i`
 * counts frames. The first one is an empty list, `window.empty`, being scrolled: what a frame costs the browser itself.
 */
export async function printFrames(
  page: Page,
  moves: Readonly<Record<string, string>>,
  frames: number,
): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  // Thread ticks: what others do on this machine does not count.
  await devtools.send('Performance.enable', { timeDomain: 'threadTicks' });
  console.log(
    `\n| mean of ${frames} frames | main thread, ms | script | style and layout | ÷ empty list | frames over 50 ms |`,
  );
  console.log('|---|---:|---:|---:|---:|---:|');
  let base: number | null = null;
  for (const [name, move] of Object.entries(moves)) {
    const { task, script, layout, long } = await measure(page, devtools, move, frames);
    if (base === null) await page.evaluate('empty.remove()');
    base ??= task;
    console.log(
      `| ${name} | ${task.toFixed(2)} | ${script.toFixed(2)} | ${layout.toFixed(2)} | ${(task / base).toFixed(1)} | ${long} |`,
    );
  }
}

/** Code that puts an empty list of the same DOM as the page's own into `window.empty`. */
export const EMPTY_LIST = `
  window.list = document.querySelector('.virtual-list');
  window.empty = list.cloneNode(true);
  empty.removeAttribute('id');
  empty.style.cssText = 'position:fixed;left:0;bottom:0;width:' + list.clientWidth + 'px;height:' + list.clientHeight + 'px';
  for (const row of empty.querySelectorAll('.row')) row.replaceChildren();
  document.body.append(empty);`;

/** The browser's own counters before and after. */
async function measure(page: Page, devtools: CDPSession, move: string, frames: number): Promise<Figures> {
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
