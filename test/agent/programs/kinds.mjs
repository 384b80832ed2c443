// Every kind of function, each with a side effect (a line in a file), and what they give and throw.
import { appendFileSync } from 'node:fs';
import { rewind } from 'llm-rewind';

const happened = what => appendFileSync(process.env.LEDGER, `${what}\n`);
const tape = { replay: 'tape' };

const charge = rewind.tool(async function charge({ order }) {
  happened(`charge ${order}`);
  return { order, at: new Date(0), nothing: undefined, parts: new Set([1n, -0]), raw: Buffer.from('x') };
}, tape);
const stock = rewind.tool(function stock(item, most) {
  happened(`stock ${item}`);
  if (most > 1) throw new TypeError('too many');
  return [item, most];
}, tape);
const later = rewind.tool(
  item => {
    happened(`later ${item}`);
    return Promise.resolve(item);
  },
  { ...tape, name: 'later' },
);
const pages = rewind.tool(function* pages(n) {
  happened('pages');
  for (let i = 0; i < n; i++) yield i;
}, tape);
const chunks = rewind.tool(async function* chunks(n) {
  happened('chunks');
  for (let i = 0; i < n; i++) yield `chunk ${i}`;
  throw new RangeError('no more');
}, tape);

console.log(await charge({ order: 'a' }), stock('frother', 1), await later('frother'), [...pages(3)]);
try {
  stock('frother', 2);
} catch (error) {
  console.log(error instanceof TypeError, error.message);
}
try {
  for await (const chunk of chunks(2)) console.log(chunk);
} catch (error) {
  console.log(error instanceof RangeError, error.message);
}
console.log(await Promise.all([1, 2, 3].map(i => charge({ order: `${i}` }))));
