import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bisectSessions } from '../../src/bisect/bisect.ts';
import { goodRun, NULL_EDITS, PLANTS } from './plants.ts';
import { sessionIn } from './scenario.ts';
import { VENDORS } from './vendors.ts';

for (const vendor of VENDORS) {
  test(`${vendor.name}: each planted cause is named first, at its step`, () => {
    const good = goodRun();
    const wrong: string[] = [];
    for (const plant of PLANTS) {
      if (plant.vendors && !plant.vendors.includes(vendor.name)) continue;
      const report = bisectSessions(sessionIn(vendor, good), sessionIn(vendor, plant.make(good, vendor)));
      const [first] = report.causes;
      if (first?.id === plant.cause && first.step === plant.step && report.divergence?.step === plant.step)
        continue;
      const said = report.causes.map(({ id, step, detail }) => `${id}@${step} (${detail})`).join(' | ');
      wrong.push(`${plant.cause}@${plant.step}: ${report.divergence?.step ?? 'none'} ${said}`);
    }
    assert.deepEqual(wrong, []);
  });

  test(`${vendor.name}: bytes that differ and mean the same are no divergence`, () => {
    const good = goodRun();
    for (const edit of NULL_EDITS) {
      if (edit.name === 'a metadata tag' && !vendor.name.startsWith('OpenAI')) continue;
      const report = bisectSessions(sessionIn(vendor, good), sessionIn(vendor, edit.make(good)));
      assert.equal(report.divergence, null, `${edit.name}: ${JSON.stringify(report.causes, null, 1)}`);
    }
  });
}
