import type { Cause, Finding } from '../cause.ts';
import type { Pair } from '../pair.ts';
import { headerChanges, routeOf } from '../route.ts';
import { sentBackByOne } from '../sent-back.ts';
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
    return [...sent, ...sentBack(pair), ...outsideOfTheBody(pair), ...streamed(pair)];
  },
  // Another SDK may be what makes the agent's code go another way.
  inGap: ({ before }) => (before ? outsideOfTheBody(before) : []),
};

const sentBack = (pair: Pair): readonly Finding[] =>
  sentBackByOne(pair).map(({ name, side }) => ({
    field: 'messages',
    detail: `The model's own ${name} is sent back to it in ${side} only, although both models had given it.`,
    good: side === 'good' ? name : null,
    bad: side === 'bad' ? name : null,
  }));

/** How an answer comes is not what it says. */
function streamed({ good, bad }: Pair): readonly Finding[] {
  const [was, is] = [String(good.call.stream), String(bad.call.stream)];
  return was === is ? [] : [{ ...told('stream', was, is), faint: true }];
}

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
