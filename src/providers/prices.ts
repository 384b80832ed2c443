/** What a call costs. The built-in table is `price-table.ts`; a user's own prices go before it. */
import { RewindError } from '../errors.ts';
import { asArray, asNumber, asString, isObject, type Json, type JsonObject } from '../wire/json.ts';
import type { Call, Usage } from './call.ts';
import { HOSTS } from './host-table.ts';
import { PRICES } from './price-table.ts';

export { PRICES } from './price-table.ts';

/** US dollars per million tokens. */
export interface Rates {
  readonly input: number;
  readonly output: number;
  /** Input read from the vendor's cache; as `input` where absent. */
  readonly cachedInput?: number;
  /** Input written to the cache; as `input` where absent. */
  readonly cacheWrite?: number;
  /** Reasoning tokens; as `output` where absent. */
  readonly reasoning?: number;
}

export interface Price extends Rates {
  /** Model ids: exact, or with `*`. A dated snapshot (`-2024-08-06`, `-20250929`) has its model's price. */
  readonly models: readonly string[];
  /** Ids of `hosts.ts` that charge it; absent: all. */
  readonly providers?: readonly string[];
  /** The user's own: goes before the built-in ones. */
  readonly own?: true;
  /** Only these providers, never a gateway before them: other hosts of the same open model have other prices. */
  readonly hostOnly?: true;
  /** ISO date (UTC) from which it holds. The earliest price of a model also serves calls before it. */
  readonly since: string;
  /** Rates of the whole call where its input is longer than `over` tokens. */
  readonly long?: { readonly over: number; readonly rates: Rates };
  /** Dearer hours, UTC, from inclusive to exclusive. */
  readonly peak?: {
    readonly hours: readonly (readonly [from: number, to: number])[];
    readonly weekdaysOnly: boolean;
    readonly rates: Rates;
  };
  /** Where the price stands. */
  readonly source: string;
}

export type PriceTable = readonly Price[];

/** Hosts that pass a vendor's models on, at about the vendor's price; a host of the user's own is taken for one. */
const GATEWAYS: ReadonlySet<string> = new Set([
  'unknown',
  'openrouter',
  'cloudflare-gateway',
  'portkey',
  'helicone',
  'vercel-gateway',
  'pydantic-gateway',
  'requesty',
]);

const BUILT_IN_PROVIDERS: ReadonlySet<string> = new Set(HOSTS.map(({ id }) => id));
const LOCAL_PROVIDERS: ReadonlySet<string> = new Set(HOSTS.filter(host => host.local).map(({ id }) => id));

/**
 * US dollars for a call that began `at` (milliseconds since 1970); null where that is unknown: no price, or no usage. What
 * the answer itself says it cost goes first. Zero is only for a model on this machine and for a request that the vendor
 * refused. Batch, flex and priority tiers, tools that the vendor runs, and images are not in the tables.
 */
export function costOf(call: Call, table: PriceTable, at: number): number | null {
  if (call.usage?.billedUsd !== undefined) return call.usage.billedUsd;
  const prices = pricesOf(call, table);
  if (LOCAL_PROVIDERS.has(call.provider) && !prices[0]?.own) return 0;
  if (call.error && call.error.status >= 400) return 0;
  const price = priceAt(prices, at);
  return price && call.usage ? dollars(call.usage, ratesAt(price, call.usage, at)) : null;
}

const found = new WeakMap<PriceTable, Map<string, PriceTable>>();

/** All prices, of all dates, of a call's model: remembered by table, since sessions ask for few models many times. */
function pricesOf({ provider, responseModel, requestModel }: Call, table: PriceTable): PriceTable {
  const memo = found.get(table) ?? new Map<string, PriceTable>();
  found.set(table, memo);
  const key = JSON.stringify([provider, responseModel, requestModel]);
  let prices = memo.get(key);
  if (!prices) {
    const charged = table.filter(price => charges(price, provider));
    // The model that answered counts, before the one that was asked for (an alias, a deployment's name).
    const names = [responseModel, requestModel].flatMap(model => (model === null ? [] : modelNames(model)));
    const own = charged.filter(price => price.own);
    prices = firstNamed(names, own) ?? firstNamed(names, charged) ?? [];
    memo.set(key, prices);
  }
  return prices;
}

function firstNamed(names: readonly string[], table: PriceTable): PriceTable | undefined {
  for (const name of names) {
    const prices = table.filter(price => price.models.some(pattern => isModel(pattern, name)));
    if (prices.length > 0) return prices;
  }
  return undefined;
}

function charges({ providers, hostOnly }: Price, provider: string): boolean {
  if (!providers || providers.includes(provider)) return true;
  return !hostOnly && (GATEWAYS.has(provider) || !BUILT_IN_PROVIDERS.has(provider));
}

/** The newest that holds at that time, else the earliest. */
function priceAt(prices: PriceTable, at: number): Price | undefined {
  const byDate = [...prices].sort((a, b) => Date.parse(a.since) - Date.parse(b.since));
  return byDate.findLast(price => Date.parse(price.since) <= at) ?? byDate[0];
}

/**
 * Spellings under which a model may be meant, lower case, the closest first: as it is, without a path or vendor
 * (`models/…`, `openai/…`, `us.anthropic.…`), without Bedrock's version (`-v1:0`), without its snapshot's date.
 */
export function modelNames(model: string): readonly string[] {
  const whole = model.toLowerCase();
  const last = whole.split('/').at(-1) ?? whole;
  const regional = last.replace(/^(us|eu|apac|ap|jp|au|ca|sa|global|us-gov)\./, '');
  const unversioned = regional.replace(/-v\d+(:\d+)*$/, '').replace(/[@:][^@:]*$/, '');
  const plain = unversioned.replace(/^(anthropic|openai|google|deepseek|mistral|xai|cohere)\./, '');
  const names = [whole, last, regional, unversioned, plain];
  const dated = /-(\d{4}-\d{2}-\d{2}|20\d{6}|latest|\d{4})$/;
  return [...new Set([...names, ...names.map(name => name.replace(dated, ''))])];
}

/** `claude-3.5-haiku` and `claude-3-5-haiku` are one. */
function isModel(pattern: string, name: string): boolean {
  const [wanted, given] = [pattern, name].map(text => text.toLowerCase().replaceAll('.', '-'));
  if (wanted === undefined || given === undefined) return false;
  if (!wanted.includes('*')) return wanted === given;
  const source = wanted.split('*').map(part => part.replace(/[+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${source.join('.*')}$`).test(given);
}

function ratesAt(price: Price, usage: Usage, at: number): Rates {
  if (price.long && usage.input > price.long.over) return price.long.rates;
  const time = new Date(at);
  const { peak } = price;
  const workday = time.getUTCDay() % 6 !== 0 || peak?.weekdaysOnly === false;
  const hour = time.getUTCHours();
  return peak && workday && peak.hours.some(([from, to]) => hour >= from && hour < to) ? peak.rates : price;
}

function dollars(usage: Usage, rates: Rates): number {
  const { cachedInput, cacheWrite, reasoning } = usage;
  const fresh = Math.max(0, usage.input - cachedInput - cacheWrite);
  const said = Math.max(0, usage.output - reasoning);
  const millionths =
    fresh * rates.input +
    cachedInput * (rates.cachedInput ?? rates.input) +
    cacheWrite * (rates.cacheWrite ?? rates.input) +
    said * rates.output +
    reasoning * (rates.reasoning ?? rates.output);
  return millionths / 1e6;
}

/** The built-in table with a user's prices before it. */
export function withUserPrices(json: unknown): PriceTable {
  return [...parsePrices(json), ...PRICES];
}

const FORM =
  'Write { "model-or-pattern*": { "input": 0.5, "output": 1.5 } }, in US dollars per million tokens.';

/**
 * A user's prices: an object from model pattern to
 * `{input, output, cachedInput?, cacheWrite?, reasoning?, provider?, since?, source?}`, or to a list of such. Throws
 * RewindError `bad-prices`.
 */
export function parsePrices(json: unknown): PriceTable {
  if (!isObject(json))
    throw new RewindError('bad-prices', 'Prices must be an object from model to price', FORM);
  return Object.entries(json).flatMap(([model, value]) => {
    const list = Array.isArray(value) ? asArray(value) : [value];
    return list.map(price => parsePrice(model, price));
  });
}

function parsePrice(model: string, value: Json | undefined): Price {
  const bad = (what: string): RewindError =>
    new RewindError('bad-prices', `Price of ${JSON.stringify(model)}: ${what}`, FORM);
  if (!isObject(value)) throw bad('not an object');
  const since = asString(value.since) ?? '1970-01-01';
  if (Number.isNaN(Date.parse(since))) throw bad('"since" is no ISO date');
  const provider = asString(value.provider);
  const known = ['input', 'output', ...OPTIONAL_RATES, 'provider', 'since', 'source'];
  const stray = Object.keys(value).find(key => !known.includes(key));
  if (stray !== undefined) throw bad(`unknown field ${JSON.stringify(stray)}`);
  return {
    models: [model],
    own: true,
    ...(provider === undefined ? {} : { providers: [provider] }),
    since,
    input: rate(value, 'input', bad),
    output: rate(value, 'output', bad),
    ...Object.fromEntries(
      OPTIONAL_RATES.filter(key => key in value).map(key => [key, rate(value, key, bad)]),
    ),
    source: asString(value.source) ?? 'user',
  };
}

const OPTIONAL_RATES = ['cachedInput', 'cacheWrite', 'reasoning'] as const;

function rate(value: JsonObject, key: string, bad: (what: string) => RewindError): number {
  const number = asNumber(value[key]);
  if (number === undefined || number < 0) throw bad(`"${key}" must be a number, 0 or more`);
  return number;
}
