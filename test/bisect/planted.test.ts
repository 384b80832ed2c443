import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bisectSessions } from '../../src/bisect/bisect.ts';
import { CAUSES } from '../../src/bisect/catalogue.ts';
import type { Report } from '../../src/bisect/report.ts';
import {
  goodFor,
  goodRun,
  NULL_EDITS,
  PLANTS,
  type Plant,
  planted,
  plantPairs,
  withNoise,
} from './plants.ts';
import { type Run, sessionIn, type Vendor } from './scenario.ts';
import { VENDORS } from './vendors.ts';

const plantsOf = (vendor: Vendor): readonly Plant[] =>
  PLANTS.filter(({ vendors }) => vendors?.includes(vendor.name) ?? true);
const compared = (vendor: Vendor, good: Run, bad: Run): Report =>
  bisectSessions(sessionIn(vendor, good), sessionIn(vendor, bad));
const said = ({ divergence, causes }: Report): string =>
  `${divergence?.step ?? 'none'} ${causes.map(({ id, step, status, detail }) => `${id}@${step} ${status} (${detail})`).join(' | ')}`;

/** At its place, and before all others but what it is documented to rank behind. */
function isNamed({ causes }: Report, { cause, step, behind }: Plant): boolean {
  const named = causes.find(({ id }) => id !== behind);
  return named?.id === cause && named.step === step;
}

test('every cause is planted, but those that only many runs or none can show', () => {
  const planted = new Set(PLANTS.map(({ cause }) => cause));
  const others = CAUSES.map(({ id }) => id).filter(id => !planted.has(id));
  assert.deepEqual(others, ['silent_provider_regression', 'unknown']);
});

for (const vendor of VENDORS) {
  test(`${vendor.name}: each planted cause is named first, at its step`, () => {
    const wrong = plantsOf(vendor).flatMap(plant => {
      const good = goodFor(plant, vendor);
      const report = compared(vendor, good, planted(good, vendor, plant));
      const right = isNamed(report, plant) && report.divergence?.step === plant.step;
      return right ? [] : [`${plant.cause}@${plant.step}: ${said(report)}`];
    });
    assert.deepEqual(wrong, []);
  });

  test(`${vendor.name}: bytes that differ and mean the same are no divergence`, () => {
    for (const edit of NULL_EDITS) {
      if (edit.name === 'a metadata tag' && !vendor.name.startsWith('OpenAI')) continue;
      const report = compared(vendor, goodRun(), edit.make(goodRun()));
      assert.equal(report.divergence, null, `${edit.name}: ${said(report)}`);
    }
  });

  test(`${vendor.name}: two planted causes are both named, in 95 of 100 pairs`, () => {
    const pairs = plantPairs(vendor);
    const wrong = pairs.flatMap(([one, two]) => {
      const report = compared(vendor, goodRun(), planted(goodRun(), vendor, one, two));
      const ids = report.causes.map(({ id }) => id);
      const both = ids.includes(one.cause) && ids.includes(two.cause);
      return both ? [] : [`${one.cause}@${one.step} + ${two.cause}@${two.step}: ${said(report)}`];
    });
    assert.ok(pairs.length > 150, `only ${pairs.length} pairs`);
    assert.ok(wrong.length <= pairs.length * 0.05, `${wrong.length} of ${pairs.length}\n${wrong.join('\n')}`);
  });

  test(`${vendor.name}: a planted cause is named on top of other wordings of the model`, () => {
    const wrong = plantsOf(vendor).flatMap(plant => {
      // Chance on top of chance is one cause, where it shows first.
      if (/^model_nondeterminism|^backend_|^response_cache|^retry_/.test(plant.cause)) return [];
      const good = goodFor(plant, vendor);
      const report = compared(vendor, good, withNoise(planted(good, vendor, plant), plant.step));
      return isNamed(report, plant) ? [] : [`${plant.cause}@${plant.step}: ${said(report)}`];
    });
    assert.deepEqual(wrong, []);
  });
}
