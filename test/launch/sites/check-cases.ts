import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { markedLines } from './marked-lines.ts';
import type { SitedCall } from './site-run.ts';

/** One subtest a marked case: each of its calls has the marked lines as its nearest frames, in the marked file. */
export async function checkCases(
  t: TestContext,
  { calls }: { readonly calls: readonly SitedCall[] },
  source: string,
): Promise<void> {
  for (const [name, lines] of markedLines(source)) {
    await t.test(name, () => {
      const own = calls.filter(call => call.name === name);
      assert.ok(own.length > 0, 'no call of this case was recorded');
      for (const { site } of own) {
        assert.deepEqual(
          site?.frames.slice(0, lines.length).map(({ file, line }) => `${file}:${line}`),
          [...lines].map(line => `${source}:${line}`),
        );
        assert.ok(site && site.pid > 0 && site.sequence > 0);
        if (site.language === 'node') assert.match(site.task ?? '', /^\d+$/);
        else assert.ok(site.thread > 0);
      }
    });
  }
}
