import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { bisectMutant } from '../../src/bisect/mutant.ts';
import { openHome } from '../../src/sessions/home.ts';
import { resolveSession } from '../../src/sessions/resolve.ts';
import { Lab } from '../mutate/lab.ts';

const lab = new Lab();
after(() => lab.close());

/** Mutants of one recording, and what a person who knows nothing of the fault should be told. */
const NAMES: Readonly<Record<string, string>> = {
  'connection-reset@0': 'timeout_or_disconnect',
  'gateway-html-200@0': 'provider_error_unrecovered',
  'prose-instead-of-call@0': 'model_nondeterminism_sampled',
  'rate-limit-persistent@0': 'rate_limited',
  'unknown-tool@0': 'malformed_model_output',
  'auth-expired@2': 'provider_error_unrecovered',
  'invalid-tool-arguments@2': 'malformed_model_output',
  'overloaded@2': 'overloaded',
  'number-shifted@4': 'model_nondeterminism_sampled',
  'truncated-response@4': 'output_truncated',
};

test('a recording bisected against a mutant of it names the injected fault, at its call', async () => {
  const original = await lab.record('trusting');
  const { mutants } = await lab.mutate(original, [...Object.keys(NAMES), 'server-error@0']);
  const named = mutants.map(({ id, session }) => {
    const { report, named } = bisectMutant(original, resolveSession(openHome(lab.home), session!));
    if (named) assert.match(named.evidence.facts.join(), /broken on purpose/);
    return [id, named?.id ?? report.divergence];
  });
  // The agent tries again after a server error: nothing came of it, and nothing is named.
  assert.deepEqual(Object.fromEntries(named), { ...NAMES, 'server-error@0': null });
});

test('an agent that begins anew after a fault repeats itself: the fault is named, not the repetition', async () => {
  const original = await lab.record('restarts');
  const { mutants } = await lab.mutate(original, ['stream-error-event@2', 'stream-error-event@4']);
  const named = mutants.map(({ session }) => {
    const { named, report } = bisectMutant(original, resolveSession(openHome(lab.home), session!));
    return [named?.id ?? report.causes[0]?.id, named?.step];
  });
  assert.deepEqual(named, [
    ['stream_cut', 1],
    ['stream_cut', 2],
  ]);
});
