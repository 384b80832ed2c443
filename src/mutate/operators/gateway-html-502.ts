import { gatewayPage } from '../answer/gateway-page.ts';
import type { Operator } from '../operator.ts';

export const gatewayHtml502: Operator = {
  id: 'gateway-html-502',
  family: 'provider',
  summary: 'a gateway in between answers for the provider, with a page of HTML and 502, from here on',
  evidence:
    'nginx, load balancers and CDNs answer for the provider with a page: [sipeed/picoclaw#1075](https://github.com/sipeed/picoclaw/pull/1075).',
  priority: 2,
  plan: ({ call }) =>
    call
      ? [{ answer: gatewayPage(502, 'Bad Gateway'), times: 'from-here', lost: true, detail: '502 text/html' }]
      : [],
};
