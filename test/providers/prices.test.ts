import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RewindError } from '../../src/errors.ts';
import type { Call, Usage } from '../../src/providers/call.ts';
import { HOSTS } from '../../src/providers/hosts.ts';
import { costOf, PRICES, parsePrices, withUserPrices } from '../../src/providers/prices.ts';

const DAY = Date.parse('2026-11-01T12:00Z');

function call(
  provider: string,
  model: string | null,
  usage: Partial<Usage> | null,
  more: Partial<Call> = {},
): Call {
  return {
    dialect: 'openai-chat',
    provider,
    operation: 'chat',
    requestModel: model,
    responseModel: null,
    stream: false,
    parameters: {},
    system: [],
    messages: [],
    tools: [],
    output: { parts: [], alternatives: [] },
    usage: usage && { input: 0, output: 0, cachedInput: 0, cacheWrite: 0, reasoning: 0, ...usage },
    finishReason: null,
    error: null,
    responseId: null,
    problems: [],
    ...more,
  };
}

const million = { input: 1e6, output: 1e6 };

test('input, cached input, cache writes and output are charged apart', () => {
  const usage = { input: 1000, cachedInput: 600, cacheWrite: 300, output: 50, reasoning: 20 };
  const cost = costOf(call('anthropic', 'claude-haiku-4-5-20251001', usage), PRICES, DAY);
  assert.equal(cost, (100 * 1 + 600 * 0.1 + 300 * 1.25 + 50 * 5) / 1e6);
});

test('one model is found under every spelling of the vendors, and no other model is', () => {
  const sonnet = 3 + 15;
  const spellings: [string, string][] = [
    ['anthropic', 'claude-sonnet-4-6'],
    ['bedrock', 'us.anthropic.claude-sonnet-4-6-20260217-v1:0'],
    ['bedrock', 'arn:aws:bedrock:us-east-1:1:inference-profile/eu.anthropic.claude-sonnet-4-6-v1:0'],
    ['vertex', 'claude-sonnet-4-6@20260217'],
    ['openrouter', 'anthropic/claude-sonnet-4.6'],
    ['unknown', 'claude-sonnet-4-6'],
  ];
  for (const [provider, model] of spellings) {
    assert.equal(costOf(call(provider, model, million), PRICES, DAY), sonnet, model);
  }
  assert.equal(costOf(call('openai', 'gpt-4o-2024-08-06', million), PRICES, DAY), 12.5);
  assert.equal(costOf(call('openai', 'gpt-4o-mini-2024-07-18', million), PRICES, DAY), 0.75);
  assert.equal(costOf(call('openai', 'gpt-4o-2024-05-13', million), PRICES, DAY), 20);
  for (const model of ['gpt-4oo', 'gpt-9', 'my-deployment', 'claude', '', null]) {
    assert.equal(costOf(call('openai', model, million), PRICES, DAY), null, String(model));
  }
});

test('the model that answered goes before the one that was asked for', () => {
  const alias = call('azure', 'my-deployment', million, { responseModel: 'gpt-4o-mini-2024-07-18' });
  assert.equal(costOf(alias, PRICES, DAY), 0.75);
});

test('the price of the day counts', () => {
  const terra = call('openai', 'gpt-5.6-terra', { input: 1e5, output: 1e5 });
  assert.equal(costOf(terra, PRICES, Date.parse('2026-07-29')), 0.25 + 1.5);
  assert.equal(costOf(terra, PRICES, Date.parse('2026-07-31')), 0.2 + 1.2);
  assert.equal(costOf(terra, PRICES, 0), 0.25 + 1.5, 'before the first date: the first price');
});

test('long prompts and peak hours cost more', () => {
  const long = call('openai', 'gpt-6.1-terra', { input: 300_000, output: 1000 });
  assert.equal(costOf(long, PRICES, DAY), (300_000 * 2 + 1000 * 7.5) / 1e6);
  const deepseek = call('deepseek', 'deepseek-flash', million);
  assert.equal(costOf(deepseek, PRICES, Date.parse('2026-11-02T02:00Z')), 1.5, 'a Monday, 02:00 UTC');
  assert.equal(costOf(deepseek, PRICES, Date.parse('2026-11-02T12:00Z')), 0.75, 'the same day, 12:00 UTC');
  assert.equal(costOf(deepseek, PRICES, Date.parse('2026-11-01T02:00Z')), 0.75, 'a Sunday');
});

test('zero is for this machine and for refused requests; unknown is null', () => {
  assert.equal(costOf(call('ollama', 'qwen3:4b', million), PRICES, DAY), 0);
  assert.equal(costOf(call('groq', 'qwen/qwen3-4b', million), PRICES, DAY), null);
  assert.equal(
    costOf(call('unknown', 'llama-3.3-70b-versatile', million), PRICES, DAY),
    null,
    "Groq's price is Groq's",
  );
  assert.equal(costOf(call('openai', 'gpt-4o', null), PRICES, DAY), null, 'no usage');
  const refused = { error: { status: 429, type: 'rate_limit', message: '' } };
  assert.equal(costOf(call('openai', 'gpt-4o', null, refused), PRICES, DAY), 0);
  const broken = { error: { status: 0, type: 'reset', message: '' } };
  assert.equal(costOf(call('openai', 'gpt-4o', null, broken), PRICES, DAY), null);
});

test('what the answer says it cost goes first', () => {
  assert.equal(
    costOf(call('openrouter', 'who/knows', { ...million, billedUsd: 0.0123 }), PRICES, DAY),
    0.0123,
  );
});

test("a user's prices go before ours, patterns included", () => {
  const table = withUserPrices({
    'gpt-4o*': { input: 1, output: 2 },
    'corp-*': [
      { input: 3, output: 3, since: '2026-01-01' },
      { input: 4, output: 4, since: '2026-06-01', provider: 'unknown' },
    ],
    'qwen*': { input: 0.5, output: 0.5 },
  });
  assert.equal(costOf(call('openai', 'gpt-4o-mini', million), table, DAY), 3);
  assert.equal(costOf(call('unknown', 'corp-7b', million), table, DAY), 8);
  assert.equal(costOf(call('azure', 'corp-7b', million), table, DAY), 6);
  assert.equal(costOf(call('ollama', 'qwen3:4b', million), table, DAY), 1, 'electricity, say');
  assert.equal(costOf(call('openai', 'gpt-4.1', million), table, DAY), 10, 'the others stay');
});

test('bad prices are refused by name', () => {
  const bad = [
    null,
    [],
    { m: 1 },
    { m: {} },
    { m: { input: 1, output: -1 } },
    { m: { input: '1', output: 1 } },
  ];
  for (const json of [
    ...bad,
    { m: { input: 1, output: 1, since: 'soon' } },
    { m: { input: 1, output: 1, typo: 1 } },
  ]) {
    assert.throws(
      () => parsePrices(json),
      (error: unknown) => error instanceof RewindError && error.code === 'bad-prices',
    );
  }
});

test('every price has a date, a source, a known provider and sane figures', () => {
  const ids = new Set(HOSTS.map(({ id }) => id));
  for (const price of PRICES) {
    const name = price.models.join();
    assert.match(price.since, /^20\d\d-\d\d-\d\d(T\d\d:\d\dZ)?$/, name);
    assert.ok(URL.canParse(price.source), name);
    assert.ok(
      price.providers?.every(id => ids.has(id)),
      name,
    );
    assert.ok(price.input > 0 && price.output >= 0 && (price.cachedInput ?? 0) <= price.input, name);
  }
});
