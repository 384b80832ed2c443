import type { Cause } from '../cause.ts';
import { routeOf } from '../route.ts';
import { settingFindings } from '../setting-findings.ts';

export const providerRouteChanged: Cause = {
  id: 'provider_route_changed',
  family: 'provider',
  cap: 'SUGGESTED',
  weight: 'strong',
  definition: 'The call went another way: another host, base path, region or service tier.',
  evidence: 'Host, path, tier of both.',
  confounders:
    'Endpoints of the same weights do serve different distributions; a mere change of name does not.',
  verification: 'Live: the same request on both routes.',
  same: 'the same host and path',
  inRequest: pair => {
    const [was, is] = [routeOf(pair.good), routeOf(pair.bad)];
    const dialects = pair.good.call.dialect === pair.bad.call.dialect;
    const host = was.host === is.host ? [] : [place('host', was.host, is.host)];
    const base = was.base === is.base || !dialects ? [] : [place('path', was.base, is.base)];
    return [...host, ...base, ...settingFindings(pair, 'tier')];
  },
};

const place = (field: string, good: string, bad: string) => ({
  field,
  detail: `Calls went to ${good} in good and to ${bad} in bad.`,
  good,
  bad,
});
