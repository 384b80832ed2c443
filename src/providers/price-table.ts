/**
 * List prices, US dollars per million tokens, standard tier. Gathered in November 2026 from the vendors' pages and public
 * copies of them. `since` is the day of a known change, else about the model's launch. A model whose price could not be
 * confirmed is left out and so counts as unknown. One line a model and price.
 */
import type { Price, Rates } from './prices.ts';

interface Extra {
  readonly cached?: number;
  readonly write?: number;
  readonly long?: { readonly over: number; readonly rates: Rates };
  readonly peak?: NonNullable<Price['peak']>;
}

type Line = readonly [models: string, since: string, input: number, output: number, extra?: Extra];

function list(
  vendor: { readonly providers: readonly string[]; readonly source: string; readonly hostOnly?: true },
  lines: readonly Line[],
): Price[] {
  return lines.map(([models, since, input, output, { cached, write, ...rest } = {}]) => ({
    ...vendor,
    models: models.split(' '),
    since,
    input,
    output,
    ...(cached === undefined ? {} : { cachedInput: cached }),
    ...(write === undefined ? {} : { cacheWrite: write }),
    ...rest,
  }));
}

/** Claude: five-minute cache writes cost 1.25 ×, hits 0.1 × the input (0.05 or 0.025 × on the newest). */
function claude(
  models: string,
  since: string,
  input: number,
  output: number,
  hit = 0.1,
  long?: Extra['long'],
): Line {
  return [
    models,
    since,
    input,
    output,
    { cached: input * hit, write: input * 1.25, ...(long ? { long } : {}) },
  ];
}

/** GPT-5.4 and later: prompts over 272,000 tokens cost twice the input and cache, 1.5 × the output, as a whole. */
function gpt(
  models: string,
  since: string,
  input: number,
  output: number,
  cached: number | undefined,
  write?: number,
): Line {
  const rates = {
    input: input * 2,
    output: output * 1.5,
    ...(cached === undefined ? {} : { cachedInput: cached * 2 }),
    ...(write === undefined ? {} : { cacheWrite: write * 2 }),
  };
  return [
    models,
    since,
    input,
    output,
    {
      ...(cached === undefined ? {} : { cached }),
      ...(write === undefined ? {} : { write }),
      long: { over: 272_000, rates },
    },
  ];
}

function long(
  over: number,
  input: number,
  output: number,
  cachedInput?: number,
): { readonly long: NonNullable<Extra['long']> } {
  return { long: { over, rates: { input, output, ...(cachedInput === undefined ? {} : { cachedInput }) } } };
}

const OPENAI = { providers: ['openai', 'azure'], source: 'https://developers.openai.com/api/docs/pricing' };
const ANTHROPIC = {
  providers: ['anthropic', 'bedrock', 'vertex', 'azure'],
  source: 'https://platform.claude.com/docs/en/about-claude/pricing',
};
const GOOGLE = { providers: ['gemini', 'vertex'], source: 'https://ai.google.dev/gemini-api/docs/pricing' };
const AMAZON = { providers: ['bedrock'], source: 'https://aws.amazon.com/bedrock/pricing/' };
const DEEPSEEK = { providers: ['deepseek'], source: 'https://api-docs.deepseek.com/quick_start/pricing' };
const MISTRAL = { providers: ['mistral'], source: 'https://mistral.ai/pricing' };
const XAI = { providers: ['xai'], source: 'https://docs.x.ai/docs/models' };
const GROQ = { providers: ['groq'], source: 'https://groq.com/pricing', hostOnly: true } as const;
const COHERE = { providers: ['cohere'], source: 'https://cohere.com/pricing' };
const MOONSHOT = { providers: ['moonshot'], source: 'https://platform.moonshot.ai/docs/pricing/chat' };
const MINIMAX = { providers: ['minimax'], source: 'https://platform.minimax.io/docs/pricing' };

/** DeepSeek's peak hours, UTC, at twice the price; since 2026-08-23 on weekdays only. */
const deepseekPeak = (input: number, output: number, cached: number, weekdaysOnly: boolean): Extra => ({
  cached,
  peak: {
    hours: [
      [1, 4],
      [6, 10],
    ],
    weekdaysOnly,
    rates: { input: input * 2, output: output * 2, cachedInput: cached * 2 },
  },
});

// biome-ignore format: a table
export const PRICES: readonly Price[] = [
  ...list(OPENAI, [
    gpt('gpt-6.1-terra', '2026-10-26', 1, 5, 0.05, 1.25),
    gpt('gpt-6.1-sol', '2026-09-29', 2, 10, 0.1, 2.5),
    gpt('gpt-6-sol', '2026-09-22', 2, 10, 0.2, 2.5),
    gpt('gpt-6-luna', '2026-09-22', 0.1, 0.5, 0.01, 0.125),
    gpt('gpt-6-astra', '2026-09-03', 10, 50, 1),
    gpt('gpt-5.6 gpt-5.6-sol', '2026-07-09', 5, 30, 0.5, 6.25),
    gpt('gpt-5.6 gpt-5.6-sol', '2026-08-21', 4, 20, 0.4, 5),
    gpt('gpt-5.6-terra', '2026-07-09', 2.5, 15, 0.25, 3.125),
    gpt('gpt-5.6-terra', '2026-07-30', 2, 12, 0.2, 2.5),
    gpt('gpt-5.6-luna', '2026-07-09', 1, 6, 0.1, 1.25),
    gpt('gpt-5.6-luna', '2026-07-30', 0.2, 1.2, 0.02, 0.25),
    gpt('gpt-5.5', '2026-04-24', 5, 30, 0.5),
    gpt('gpt-5.5-pro', '2026-04-24', 30, 180, undefined),
    gpt('gpt-5.4', '2026-03-05', 2.5, 15, 0.25),
    gpt('gpt-5.4-pro', '2026-03-05', 30, 180, undefined),
    ['gpt-5.4-mini', '2026-03-17', 0.75, 4.5, { cached: 0.075 }],
    ['gpt-5.4-nano', '2026-03-17', 0.2, 1.25, { cached: 0.02 }],
    ['gpt-5.3-codex gpt-5.2 gpt-5.2-chat-latest gpt-5.2-codex', '2025-12-11', 1.75, 14, { cached: 0.175 }],
    ['gpt-5.2-pro', '2025-12-11', 21, 168],
    ['gpt-5.1 gpt-5.1-chat-latest gpt-5.1-codex gpt-5.1-codex-max', '2025-11-13', 1.25, 10, { cached: 0.125 }],
    ['gpt-5.1-codex-mini', '2025-11-13', 0.25, 2, { cached: 0.025 }],
    ['gpt-5 gpt-5-chat-latest gpt-5-codex', '2025-08-07', 1.25, 10, { cached: 0.125 }],
    ['gpt-5-mini', '2025-08-07', 0.25, 2, { cached: 0.025 }],
    ['gpt-5-nano', '2025-08-07', 0.05, 0.4, { cached: 0.005 }],
    ['gpt-5-pro', '2025-10-06', 15, 120],
    ['gpt-4.1', '2025-04-14', 2, 8, { cached: 0.5 }],
    ['gpt-4.1-mini', '2025-04-14', 0.4, 1.6, { cached: 0.1 }],
    ['gpt-4.1-nano', '2025-04-14', 0.1, 0.4, { cached: 0.025 }],
    ['gpt-4.5-preview', '2025-02-27', 75, 150, { cached: 37.5 }],
    ['gpt-4o', '2024-08-06', 2.5, 10, { cached: 1.25 }],
    ['gpt-4o-2024-05-13 chatgpt-4o-latest', '2024-05-13', 5, 15],
    ['gpt-4o-mini', '2024-07-18', 0.15, 0.6, { cached: 0.075 }],
    ['gpt-4o-search-preview', '2025-03-11', 2.5, 10],
    ['gpt-4o-mini-search-preview', '2025-03-11', 0.15, 0.6],
    ['o4-mini', '2025-04-16', 1.1, 4.4, { cached: 0.275 }],
    ['o4-mini-deep-research', '2025-06-26', 2, 8, { cached: 0.5 }],
    ['o3', '2025-04-16', 10, 40, { cached: 2.5 }],
    ['o3', '2025-06-10', 2, 8, { cached: 0.5 }],
    ['o3-pro', '2025-06-10', 20, 80],
    ['o3-deep-research', '2025-06-26', 10, 40, { cached: 2.5 }],
    ['o3-mini', '2025-01-31', 1.1, 4.4, { cached: 0.55 }],
    ['o1 o1-preview', '2024-09-12', 15, 60, { cached: 7.5 }],
    ['o1-mini', '2024-09-12', 3, 12, { cached: 1.5 }],
    ['o1-mini', '2025-01-31', 1.1, 4.4, { cached: 0.55 }],
    ['o1-pro', '2025-03-19', 150, 600],
    ['gpt-4-turbo gpt-4-turbo-preview gpt-4-1106-preview gpt-4-0125-preview gpt-4-vision-preview gpt-4-1106-vision-preview', '2023-11-06', 10, 30],
    ['gpt-4', '2023-03-14', 30, 60],
    ['gpt-4-32k', '2023-03-14', 60, 120],
    ['gpt-3.5-turbo', '2024-01-25', 0.5, 1.5],
    ['gpt-3.5-turbo-1106', '2023-11-06', 1, 2],
    ['gpt-3.5-turbo-0613 gpt-3.5-turbo-0301 gpt-3.5-turbo-instruct', '2023-06-13', 1.5, 2],
    ['gpt-3.5-turbo-16k', '2023-06-13', 3, 4],
    ['davinci-002', '2023-08-22', 2, 2],
    ['babbage-002', '2023-08-22', 0.4, 0.4],
    ['text-embedding-3-small', '2024-01-25', 0.02, 0],
    ['text-embedding-3-large', '2024-01-25', 0.13, 0],
    ['text-embedding-ada-002', '2023-06-13', 0.1, 0],
  ]),
  ...list(ANTHROPIC, [
    claude('claude-fable-5.1 claude-mythos-5.1', '2026-09-01', 10, 50, 0.025),
    claude('claude-fable-5 claude-mythos-5', '2026-06-10', 10, 50),
    claude('claude-opus-5.5', '2026-09-28', 4, 20, 0.05),
    claude('claude-opus-5', '2026-07-24', 5, 25),
    claude('claude-opus-4.8 claude-opus-4.7 claude-opus-4.6 claude-opus-4.5', '2025-11-24', 5, 25),
    claude('claude-opus-4.1 claude-opus-4 claude-opus-4.0 claude-3-opus', '2024-02-29', 15, 75),
    claude('claude-sonnet-5.5', '2026-09-28', 2, 10),
    claude('claude-sonnet-5.5', '2026-10-07', 2, 10, 0.05),
    claude('claude-sonnet-5', '2026-06-30', 2, 10),
    claude('claude-sonnet-4.6', '2026-02-17', 3, 15),
    claude('claude-sonnet-4.5 claude-sonnet-4 claude-sonnet-4.0', '2025-05-22', 3, 15, 0.1, {
      over: 200_000,
      rates: { input: 6, output: 22.5, cachedInput: 0.6, cacheWrite: 7.5 },
    }),
    claude('claude-3.7-sonnet claude-3.5-sonnet claude-3-sonnet', '2024-02-29', 3, 15),
    claude('claude-haiku-5.5', '2026-10-07', 0.1, 0.5, 0.1, {
      over: 100_000,
      rates: { input: 0.5, output: 2.5, cachedInput: 0.05, cacheWrite: 0.625 },
    }),
    claude('claude-haiku-4.5', '2025-10-15', 1, 5),
    claude('claude-3.5-haiku', '2024-11-04', 0.8, 4),
    ['claude-3-haiku', '2024-03-13', 0.25, 1.25, { cached: 0.03, write: 0.3 }],
    ['claude-2 claude-2.0 claude-2.1 claude-v2', '2023-07-11', 8, 24],
    ['claude-instant-1 claude-instant-1.2 claude-instant-v1', '2023-08-09', 0.8, 2.4],
  ]),
  ...list(GOOGLE, [
    ['gemini-3.8-flash gemini-3.7-flash', '2026-09-02', 0.75, 3.75, { cached: 0.075 }],
    ['gemini-3.8-flash gemini-3.7-flash gemini-3.6-flash', '2027-01-01', 1.5, 7.5, { cached: 0.15 }],
    ['gemini-3.6-flash', '2026-07-21', 1.5, 7.5, { cached: 0.15 }],
    ['gemini-3.6-flash', '2026-09-30', 0.75, 3.75, { cached: 0.075 }],
    ['gemini-3.5-flash', '2026-05-19', 1.5, 9, { cached: 0.15 }],
    ['gemini-3.5-flash-lite', '2026-07-21', 0.3, 2.5, { cached: 0.03 }],
    ['gemini-3.1-pro-preview gemini-3-pro-preview', '2025-11-18', 2, 12, { cached: 0.2, ...long(200_000, 4, 18, 0.4) }],
    ['gemini-3.1-flash-lite-preview gemini-3.1-flash-lite', '2026-03-03', 0.25, 1.5, { cached: 0.025 }],
    ['gemini-3-flash-preview', '2025-12-17', 0.5, 3, { cached: 0.05 }],
    ['gemini-2.5-pro gemini-2.5-pro-preview-03-25', '2025-03-25', 1.25, 10, { cached: 0.125, ...long(200_000, 2.5, 15, 0.25) }],
    ['gemini-2.5-flash gemini-2.5-flash-preview-09-2025', '2025-06-17', 0.3, 2.5, { cached: 0.03 }],
    ['gemini-2.5-flash-lite gemini-2.5-flash-lite-preview-09-2025', '2025-07-22', 0.1, 0.4, { cached: 0.01 }],
    ['gemini-2.0-flash gemini-2.0-flash-001', '2025-02-05', 0.1, 0.4, { cached: 0.025 }],
    ['gemini-2.0-flash-lite gemini-2.0-flash-lite-001', '2025-02-25', 0.075, 0.3],
    ['gemini-1.5-flash gemini-1.5-flash-001 gemini-1.5-flash-002', '2024-08-12', 0.075, 0.3, { cached: 0.01875, ...long(128_000, 0.15, 0.6, 0.0375) }],
    ['gemini-1.5-flash-8b gemini-1.5-flash-8b-001', '2024-10-03', 0.0375, 0.15, { cached: 0.01, ...long(128_000, 0.075, 0.3, 0.02) }],
    ['gemini-1.5-pro gemini-1.5-pro-001 gemini-1.5-pro-002', '2024-10-01', 1.25, 5, { cached: 0.3125, ...long(128_000, 2.5, 10, 0.625) }],
    ['gemini-embedding-001', '2025-07-14', 0.15, 0],
    ['gemini-embedding-2', '2026-10-07', 0.2, 0],
  ]),
  ...list(AMAZON, [
    ['amazon.nova-micro', '2024-12-03', 0.035, 0.14],
    ['amazon.nova-lite', '2024-12-03', 0.06, 0.24],
    ['amazon.nova-pro', '2024-12-03', 0.8, 3.2],
    ['amazon.nova-premier', '2025-04-30', 2.5, 12.5],
  ]),
  ...list(DEEPSEEK, [
    ['deepseek-chat', '2024-12-26', 0.14, 0.28, { cached: 0.014 }],
    ['deepseek-chat', '2025-02-08', 0.27, 1.1, { cached: 0.07 }],
    ['deepseek-reasoner', '2025-01-20', 0.55, 2.19, { cached: 0.14 }],
    ['deepseek-chat deepseek-reasoner', '2025-09-05T16:00Z', 0.56, 1.68, { cached: 0.07 }],
    ['deepseek-chat deepseek-reasoner', '2025-09-29', 0.28, 0.42, { cached: 0.028 }],
    ['deepseek-v4-flash', '2026-04-24', 0.14, 0.28, { cached: 0.028 }],
    ['deepseek-v4-flash', '2026-06-22', 0.14, 0.28, { cached: 0.0028 }],
    ['deepseek-v4-flash', '2026-08-16T16:00Z', 0.22, 0.66, deepseekPeak(0.22, 0.66, 0.007, false)],
    ['deepseek-v4-flash', '2026-08-22T16:00Z', 0.22, 0.66, deepseekPeak(0.22, 0.66, 0.007, true)],
    ['deepseek-flash deepseek-v4-flash', '2026-09-10T04:00Z', 0.15, 0.6, deepseekPeak(0.15, 0.6, 0.003, true)],
    ['deepseek-v4-pro', '2026-04-24', 1.74, 3.48, { cached: 0.145 }],
    ['deepseek-v4-pro', '2026-06-22', 0.435, 0.87, { cached: 0.003625 }],
    ['deepseek-v4-pro', '2026-08-16T16:00Z', 0.66, 1.98, deepseekPeak(0.66, 1.98, 0.022, false)],
    ['deepseek-v4-pro', '2026-08-22T16:00Z', 0.66, 1.98, deepseekPeak(0.66, 1.98, 0.022, true)],
  ]),
  // The `-latest` names of Mistral move without a date that could be confirmed: only dated ids stand here.
  ...list(MISTRAL, [
    ['mistral-medium-3.5', '2026-04-29', 1.5, 7.5],
    ['mistral-medium-2505 mistral-medium-2508', '2025-05-07', 0.4, 2],
    ['mistral-large-2512', '2025-12-02', 0.5, 1.5],
    ['mistral-large-2411 mistral-large-2407 pixtral-large-2411', '2024-11-18', 2, 6],
    ['mistral-small-2501 mistral-small-2503 mistral-small-2506', '2025-01-30', 0.1, 0.3],
    ['magistral-medium-2506 magistral-medium-2507 magistral-medium-2509', '2025-06-10', 2, 5],
    ['magistral-small-2506 magistral-small-2507 magistral-small-2509', '2025-06-10', 0.5, 1.5],
    ['codestral-2501 codestral-2508', '2025-01-13', 0.3, 0.9],
    ['ministral-3b-2410', '2024-10-16', 0.04, 0.04],
    ['ministral-8b-2410', '2024-10-16', 0.1, 0.1],
    ['open-mistral-nemo open-mistral-nemo-2407 pixtral-12b pixtral-12b-2409', '2024-09-17', 0.15, 0.15],
    ['open-mistral-7b mistral-tiny', '2023-12-11', 0.25, 0.25],
    ['open-mixtral-8x7b', '2023-12-11', 0.7, 0.7],
    ['open-mixtral-8x22b', '2024-04-17', 2, 6],
    ['mistral-embed', '2023-12-11', 0.1, 0],
  ]),
  ...list(XAI, [
    ['grok-4.5', '2026-07-09', 2, 6, { cached: 0.5, ...long(200_000, 4, 12, 1) }],
    ['grok-4.5', '2026-08-05', 2, 6, { cached: 0.3, ...long(200_000, 4, 12, 0.6) }],
    ['grok-4.3 grok-4.20-0309-reasoning grok-4.20-0309-non-reasoning grok-4.20-multi-agent-0309', '2026-03-09', 1.25, 2.5, { cached: 0.2, ...long(200_000, 2.5, 5, 0.4) }],
    ['grok-build-0.1', '2026-07-13', 1, 2, { cached: 0.2, ...long(200_000, 2, 4, 0.4) }],
    ['grok-4 grok-4-0709', '2025-07-09', 3, 15, { cached: 0.75, ...long(128_000, 6, 30, 0.75) }],
    ['grok-4-fast grok-4-fast-reasoning grok-4-fast-non-reasoning', '2025-09-19', 0.2, 0.5, { cached: 0.05, ...long(128_000, 0.4, 1, 0.05) }],
    ['grok-code-fast-1', '2025-08-28', 0.2, 1.5, { cached: 0.02 }],
    ['grok-3', '2025-04-09', 3, 15, { cached: 0.75 }],
    ['grok-3-mini', '2025-04-09', 0.3, 0.5, { cached: 0.075 }],
  ]),
  ...list(GROQ, [
    ['llama-3.3-70b-versatile', '2024-12-06', 0.59, 0.79],
    ['llama-3.1-8b-instant', '2024-07-23', 0.05, 0.08],
    ['llama3-70b-8192', '2024-05-31', 0.59, 0.79],
    ['llama3-8b-8192', '2024-05-31', 0.05, 0.08],
    ['meta-llama/llama-4-scout-17b-16e-instruct', '2025-04-05', 0.11, 0.34],
    ['meta-llama/llama-4-maverick-17b-128e-instruct', '2025-04-05', 0.2, 0.6],
    ['openai/gpt-oss-120b', '2025-08-05', 0.15, 0.6, { cached: 0.075 }],
    ['openai/gpt-oss-20b', '2025-08-05', 0.075, 0.3, { cached: 0.0375 }],
    ['qwen/qwen3-32b', '2025-06-11', 0.29, 0.59],
    ['moonshotai/kimi-k2-instruct-0905', '2025-09-05', 1, 3, { cached: 0.5 }],
  ]),
  ...list(COHERE, [
    ['command-a-03-2025', '2025-03-13', 2.5, 10],
    ['command-r-plus-08-2024', '2024-08-30', 2.5, 10],
    ['command-r-08-2024', '2024-08-30', 0.15, 0.6],
    ['command-r7b-12-2024', '2024-12-13', 0.0375, 0.15],
  ]),
  ...list(MOONSHOT, [
    ['kimi-k2-0905-preview kimi-k2-0711-preview kimi-k2-thinking', '2025-07-11', 0.6, 2.5, { cached: 0.15 }],
    ['kimi-k2-turbo-preview kimi-k2-thinking-turbo', '2025-08-01', 1.15, 8, { cached: 0.15 }],
  ]),
  ...list(MINIMAX, [['minimax-m2', '2025-10-27', 0.3, 1.2]]),
];
