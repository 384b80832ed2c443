import type { Cause } from '../cause.ts';
import { answerHeader } from '../route.ts';

export const responseCache: Cause = {
  id: 'response_cache',
  family: 'provider',
  cap: 'SUGGESTED',
  weight: 'noise',
  definition: 'A cache answered in one run and not in the other, or one answer is literally an old one.',
  evidence: 'Cache headers, response ids.',
  confounders: 'Prompt caching must not change an answer, and is none of this.',
  verification: 'Ask again with the cache off.',
  inAnswer: ({ good, bad }) =>
    CACHE_HEADERS.flatMap(name => {
      const [was, is] = [answerHeader(good, name), answerHeader(bad, name)];
      if (was === is || hit(was) === hit(is)) return [];
      return [
        {
          field: `response.headers.${name}`,
          detail: `A cache answered in ${hit(is) ? 'bad' : 'good'} only (${name}: ${was ?? 'none'} in good, ${is ?? 'none'} in bad).`,
          good: was,
          bad: is,
        },
      ];
    }),
};

const CACHE_HEADERS = [
  'x-cache',
  'helicone-cache',
  'x-litellm-cache-hit',
  'x-litellm-cache-key',
  'cf-aig-cache-status',
  'x-portkey-cache-status',
];

const hit = (value: string | null): boolean =>
  value !== null && !/^(miss|disabled|false|bypass|none)/i.test(value);
