/** Causes planted into made-up runs and into recorded calls of other projects: what is named for them. Part of bench/bisect.ts. */
import { bisectSessions } from '../src/bisect/bisect.ts';
import type { Report } from '../src/bisect/report.ts';
import { corpusPlanted } from '../test/bisect/corpus-planted.ts';
import {
  goodFor,
  goodRun,
  NULL_EDITS,
  PLANTS,
  planted as plantedRun,
  plantPairs,
  withNoise,
} from '../test/bisect/plants.ts';
import { type Run, sessionIn, type Vendor } from '../test/bisect/scenario.ts';
import { VENDORS } from '../test/bisect/vendors.ts';
import { firstByteDifference, percent } from './positional.ts';

/** Sessions of each endpoint. */
const SESSIONS = 15;

/** Planted into recorded sessions: named first, at its step; a table of what was planted. */
export function plantedInCorpus(): void {
  const tallies = new Map<string, { cases: number; right: number }>();
  const endpoints = new Set<string>();
  const all = { cases: 0, right: 0 };
  for (const { plant, endpoint, right } of corpusPlanted(SESSIONS)) {
    endpoints.add(endpoint);
    const tally = tallies.get(plant.name) ?? { cases: 0, right: 0 };
    tallies.set(plant.name, tally);
    for (const one of [tally, all]) {
      one.cases++;
      if (right) one.right++;
    }
  }
  console.log(`\nplanted into recorded calls of ${endpoints.size} endpoints   cases    right`);
  for (const [name, { cases, right }] of [...tallies, ['all', all] as const])
    console.log(`${name.padEnd(46)} ${String(cases).padStart(6)} ${percent(right, cases)}`);
}

/** What was planted, and what was named for it; beside it what a positional comparison of the bytes says. */
export function plantedInScenario(): void {
  const matrix = new Map<string, Map<string, number>>();
  const singles = new Tally();
  const noisy = new Tally();
  const pairs = new Tally();
  const nulls = new Tally();
  for (const vendor of VENDORS) {
    for (const plant of PLANTS) {
      if (plant.vendors && !plant.vendors.includes(vendor.name)) continue;
      const good = goodFor(plant, vendor);
      const bad = plantedRun(good, vendor, plant);
      const report = compared(vendor, good, bad);
      const named = report.causes.find(({ id }) => id !== plant.behind);
      const where = named?.step === plant.step ? '' : ' (other step)';
      const row = matrix.get(plant.cause) ?? new Map<string, number>();
      const name = named ? named.id + where : 'none';
      matrix.set(plant.cause, row.set(name, (row.get(name) ?? 0) + 1));
      singles.add(name === plant.cause, byteStep(vendor, good, bad) === plant.step);
      if (isChance(plant.cause)) continue;
      const loud = withNoise(bad, plant.step);
      const first = compared(vendor, good, loud).causes.find(({ id }) => id !== plant.behind);
      noisy.add(
        first?.id === plant.cause && first.step === plant.step,
        byteStep(vendor, good, loud) === plant.step,
      );
    }
    for (const [one, two] of plantPairs(vendor)) {
      const bad = plantedRun(goodRun(), vendor, one, two);
      const ids = compared(vendor, goodRun(), bad).causes.map(({ id }) => id);
      const step = byteStep(vendor, goodRun(), bad);
      pairs.add(ids.includes(one.cause) && ids.includes(two.cause), step === Math.min(one.step, two.step));
    }
    for (const edit of NULL_EDITS) {
      if (edit.name === 'a metadata tag' && !vendor.name.startsWith('OpenAI')) continue;
      const bad = edit.make(goodRun());
      nulls.add(
        compared(vendor, goodRun(), bad).divergence === null,
        byteStep(vendor, goodRun(), bad) === null,
      );
    }
  }
  console.log('\nplanted → named first (before all but what it is documented to rank behind)');
  for (const [cause, row] of matrix) {
    console.log(`${cause.padEnd(34)} ${[...row].map(([named, count]) => `${named} ${count}`).join(', ')}`);
  }
  console.log(`${''.padEnd(34)} cases   rewind   step by first other bytes`);
  for (const [name, { cases, right, peer }] of [
    ['one cause: cause and step', singles],
    ['on top of noise: cause and step', noisy],
    ['two causes: both named', pairs],
    ['null edits: no divergence', nulls],
  ] as const) {
    console.log(
      `${name.padEnd(34)} ${String(cases).padStart(5)} ${percent(right, cases)} ${percent(peer, cases)}`,
    );
  }
}

class Tally {
  cases = 0;
  right = 0;
  peer = 0;

  add(right: boolean, peer: boolean): void {
    this.cases++;
    if (right) this.right++;
    if (peer) this.peer++;
  }
}

/** Chance on top of chance is one cause, where it shows first. */
const isChance = (cause: string): boolean =>
  /^(model_nondeterminism|backend_fingerprint|response_cache|retry)/.test(cause);

const compared = (vendor: Vendor, good: Run, bad: Run): Report =>
  bisectSessions(sessionIn(vendor, good), sessionIn(vendor, bad));

const byteStep = (vendor: Vendor, good: Run, bad: Run): number | null =>
  firstByteDifference([...sessionIn(vendor, good).exchanges()], [...sessionIn(vendor, bad).exchanges()]);
