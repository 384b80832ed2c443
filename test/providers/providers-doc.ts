/** docs/providers.md, made of the host table and the price table: `node test/providers/providers-doc.ts --write`. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { HOSTS, type Provider } from '../../src/providers/hosts.ts';
import { PRICES, type Price, type Rates } from '../../src/providers/prices.ts';

export const PROVIDERS_DOC = fileURLToPath(new URL('../../docs/providers.md', import.meta.url));

export function providersDoc(): string {
  const remote = HOSTS.filter(({ local, onRequest }) => !local && !onRequest);
  return [
    '# Providers and prices',
    '',
    '<!-- Made by test/providers/providers-doc.ts of src/providers/; a test compares. -->',
    '',
    'Whose traffic is looked into without being asked, and what a call is taken to cost. Both tables can be added to in',
    '[rewind.config.json](cli.md#configuration): `"hosts": ["llm.corp.example=openai"]` names a host and, by an id below, what it speaks (without one,',
    'requests and answers tell); `"prices"` go before these.',
    '',
    '## Hosts',
    '',
    '`*` stands for one or more characters. The first dialect is the usual one; an id links to the page that names host and API.',
    '',
    ...hostTable(remote),
    '',
    '### On this machine',
    '',
    'Told by their usual ports on `localhost`, `127.0.0.1`, `[::1]`, `0.0.0.0` and `host.docker.internal`; other ports need a line in `hosts`. They cost nothing.',
    '',
    ...hostTable(HOSTS.filter(({ local }) => local)),
    '',
    '### Only where you name them',
    '',
    'Hosts that mostly serve other things. Their calls are read once `hosts` holds your own.',
    '',
    ...hostTable(HOSTS.filter(({ onRequest }) => onRequest)),
    '',
    '## Prices',
    '',
    'US dollars per million tokens: input, input read from the cache, input written to it, output. A call is priced by the day it was made, by the model',
    "that answered before the one that was asked for; a dated snapshot has its model's price. Gateways and hosts of your own are taken to charge the",
    "vendor's. **A model that is not here has no known cost, never 0**; sums then say that they are a lower bound. What an answer itself says that it cost goes first. Batch,",
    'flex and priority tiers, tools that the vendor runs, and images are not in these.',
    '',
    ...[...Map.groupBy(PRICES, ({ source }) => source)].flatMap(([source, prices]) => [
      `From <${source}>:`,
      '',
      '| model | since | input | cached | written | output | |',
      '|---|---|---|---|---|---|---|',
      ...prices.map(priceRow),
      '',
    ]),
  ].join('\n');
}

function hostTable(providers: readonly Provider[]): string[] {
  return [
    '| id | hosts | dialects |',
    '|---|---|---|',
    ...providers.map(
      ({ id, docs, hosts, dialects, local }) =>
        `| [\`${id}\`](${docs}) | ${(local ? [...new Set(hosts.map(portOf))] : hosts).map(code).join(' ')} | ${dialects.join(', ')} |`,
    ),
  ];
}

function priceRow({ models, since, long, peak, ...rates }: Price): string {
  const notes = [
    ...(long ? [`input over ${long.over.toLocaleString('en')} tokens: ${short(long.rates)}`] : []),
    ...(peak ? [`${peak.hours.map(hours => hours.join(' to ')).join(', ')} UTC: ${short(peak.rates)}`] : []),
  ];
  const { input, cachedInput = input, cacheWrite = input, output } = rates;
  const cells = [models.map(code).join(' '), since, ...[input, cachedInput, cacheWrite, output].map(dollars)];
  return `| ${cells.join(' | ')} | ${notes.join('; ')} |`;
}

const code = (text: string): string => `\`${text}\``;
const portOf = (host: string): string => host.replace(/^.*:/, ':');
const dollars = (amount: number): string => String(Number(amount.toFixed(5)));
const short = ({ input, output }: Rates): string => `${dollars(input)} and ${dollars(output)}`;

if (process.argv[1] === fileURLToPath(import.meta.url) && process.argv.includes('--write')) {
  writeFileSync(PROVIDERS_DOC, providersDoc());
}
