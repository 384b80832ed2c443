import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bisectSessions } from '../../src/bisect/bisect.ts';
import { goodRun, NULL_EDITS, PLANTS, planted } from './plants.ts';
import { sessionIn } from './scenario.ts';
import { VENDORS } from './vendors.ts';

for (const vendor of VENDORS) {
  test(`${vendor.name}: each planted cause is named first, at its step`, () => {
    const good = goodRun();
    const wrong: string[] = [];
    for (const plant of PLANTS) {
      if (plant.vendors && !plant.vendors.includes(vendor.name)) continue;
      const report = bisectSessions(sessionIn(vendor, good), sessionIn(vendor, planted(good, vendor, plant)));
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

/** What a plant changes: two that change one thing cannot both be there. */
const CHANGES: Readonly<Record<string, string>> = {
  tool_set_changed: 'tools',
  tool_schema_drift: 'tools',
  tool_order_changed: 'tools',
  template_variable_drift: 'user',
  user_input_changed: 'user',
  prompt_template_drift: 'user',
  history_truncated_or_compacted: 'history',
  history_reordered: 'history',
  upstream_tool_output_drifted: 'results',
  retrieved_context_drift: 'results',
  tool_error_or_timeout: 'results',
  tool_result_missing: 'results',
  parallel_reorder_race: 'results',
};
/** A history that was cut or turned round carries no other change of the same messages. */
const MESSAGES: ReadonlySet<string> = new Set(['user', 'history', 'results']);

for (const vendor of VENDORS) {
  test(`${vendor.name}: two planted causes are both named, in 95 of 100 pairs`, () => {
    const good = goodRun();
    const edits = PLANTS.filter(({ edit, vendors }) => edit && (vendors?.includes(vendor.name) ?? true));
    const wrong: string[] = [];
    let pairs = 0;
    edits.forEach((one, i) => {
      for (const two of edits.slice(i + 1)) {
        const [left, right] = [one, two].map(({ cause }) => CHANGES[cause] ?? cause);
        if (left === right || (MESSAGES.has(left!) && MESSAGES.has(right!))) continue;
        pairs++;
        const { causes } = bisectSessions(
          sessionIn(vendor, good),
          sessionIn(vendor, planted(good, vendor, one, two)),
        );
        const ids = causes.map(({ id }) => id);
        if (ids.includes(one.cause) && ids.includes(two.cause)) continue;
        wrong.push(
          `${one.cause}@${one.step} + ${two.cause}@${two.step}: ${causes.map(({ id, status }) => `${id} ${status}`).join(', ')}`,
        );
      }
    });
    assert.ok(pairs > 50, `only ${pairs} pairs`);
    // Without ids, nothing ties a shortened conversation of another persona to the one before (Gemini).
    assert.ok(wrong.length <= pairs * 0.05, wrong.join('\n'));
  });

  test(`${vendor.name}: a planted cause is named on top of other wordings of the model`, () => {
    const good = goodRun();
    for (const plant of PLANTS.filter(
      ({ edit, vendors }) => edit && (vendors?.includes(vendor.name) ?? true),
    )) {
      const bad = planted(good, vendor, plant);
      const noisy = {
        ...bad,
        turns: bad.turns.map((turn, i) =>
          i < plant.step && turn.calls ? { ...turn, text: `Well, ${i}.` } : turn,
        ),
      };
      const { causes } = bisectSessions(sessionIn(vendor, good), sessionIn(vendor, noisy));
      assert.deepEqual([causes[0]?.id, causes[0]?.step], [plant.cause, plant.step]);
    }
  });
}
