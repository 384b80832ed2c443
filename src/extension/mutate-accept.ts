import type { Accepted } from '../mutate/accepted.ts';
import { badConfig, editedConfig, isObject } from './config-edit.ts';

/**
 * The text of `rewind.config.json` with a finding taken for right, or no longer so. All else in it stays. Throws RewindError
 * `bad-config` where it cannot be read: a broken file is not written over.
 */
export function acceptedIn(text: string, finding: Accepted, accept: boolean): string {
  return editedConfig(text, config => {
    const mutate = config.mutate ?? {};
    const known = isObject(mutate) ? (mutate.accept ?? []) : null;
    if (!isObject(mutate) || !Array.isArray(known)) throw badConfig('has no list in mutate.accept');
    const others = (known as readonly Accepted[]).filter(
      ({ mutant, verdict }) => mutant !== finding.mutant || verdict !== finding.verdict,
    );
    return { ...config, mutate: { ...mutate, accept: accept ? [...others, finding] : others } };
  });
}
