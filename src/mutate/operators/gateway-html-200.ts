import { gatewayPage } from '../answer/gateway-page.ts';
import type { Operator } from '../operator.ts';

/** Captive portals, login pages and misrouted gateways; SDKs of OpenAI and Anthropic return the page as the completion. */
export const gatewayHtml200: Operator = {
  id: 'gateway-html-200',
  family: 'provider',
  summary: 'a gateway in between answers 200 with a page of HTML',
  evidence:
    'SDKs of OpenAI and Anthropic give the page to the agent as if it were the completion: [QuantumNous/new-api#817](https://github.com/QuantumNous/new-api/issues/817), [sipeed/picoclaw#1075](https://github.com/sipeed/picoclaw/pull/1075).',
  priority: 3,
  plan: ({ call }) =>
    call ? [{ answer: gatewayPage(200, 'OK'), times: 'from-here', lost: true, detail: '200 text/html' }] : [],
};
