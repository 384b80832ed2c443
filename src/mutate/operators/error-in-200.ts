import { errorOf } from '../answer/error-fault.ts';
import type { Operator } from '../operator.ts';

/** Routers that have sent their status line before the provider fails; SDKs give an object without choices and no error. */
export const errorIn200: Operator = {
  id: 'error-in-200',
  family: 'provider',
  summary: "the provider's error comes with status 200",
  evidence:
    'Routers have sent 200 when their upstream fails; SDKs give an object without `choices`: [langchain-ai/langchainjs#11417](https://github.com/langchain-ai/langchainjs/issues/11417), [vercel/ai#20351](https://github.com/vercel/ai/issues/20351).',
  priority: 3,
  plan(target) {
    const error = errorOf(target, 'overloaded');
    if (!error?.head) return [];
    const headers = error.head.headers.filter(([name]) => !/^(retry-after|x-amzn-errortype)/i.test(name));
    const answer = { ...error, head: { status: 200, reason: 'OK', headers } };
    return [{ answer, times: 'from-here', lost: true, detail: 'the error JSON with status 200' }];
  },
};
