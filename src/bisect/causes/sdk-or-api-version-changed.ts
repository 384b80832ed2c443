import type { Cause, Finding } from '../cause.ts';
import type { Pair } from '../pair.ts';
import { headerChanges, routeOf } from '../route.ts';
import { settingFindings } from '../setting-findings.ts';

export const sdkOrApiVersionChanged: Cause = {
  id: 'sdk_or_api_version_changed',
  family: 'configuration',
  cap: 'SUGGESTED',
  weight: 'weak',
  definition: 'Another SDK, API version or endpoint made the call.',
  evidence: 'User agent, version headers, path; fields of the request that only one version sends.',
  confounders: 'Where the body changed too, the body is the cause and this its parent.',
  verification: 'Run with either version on the same tape.',
  inRequest: pair => {
    const { good, bad } = pair;
    const { dialect } = good.call;
    const endpoint = dialect === bad.call.dialect ? [] : [told('endpoint', dialect, bad.call.dialect)];
    const sent = [...endpoint, ...settingFindings(pair, 'api')];
    // What stands outside of the body counts only where answers differ: it changes with every update.
    if (sent.length === 0 && !pair.answersDiffer()) return [];
    return [...sent, ...outsideOfTheBody(pair)];
  },
  // Another SDK may be what makes the agent's code go another way.
  inGap: ({ before }) => (before ? outsideOfTheBody(before) : []),
};

function outsideOfTheBody({ good, bad }: Pair): readonly Finding[] {
  const [was, is] = [routeOf(good), routeOf(bad)];
  const version = was.version === is.version ? [] : [told('api version', was.version, is.version)];
  const headers = headerChanges(good, bad, 'api').map(change => told(change.name, change.good, change.bad));
  const client = headerChanges(good, bad, 'client').map(change => ({
    ...told(change.name, change.good, change.bad),
    faint: true as const,
  }));
  return [...version, ...headers, ...client];
}

const told = (field: string, good: string | null, bad: string | null) => ({
  field,
  detail: `${field} was ${good ?? 'not sent'} in good and ${bad ?? 'not sent'} in bad.`,
  good,
  bad,
});
