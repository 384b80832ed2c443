// What streams do beside giving items: they are sent to, thrown at, left early, and return something.
import { rewind } from 'llm-rewind';

const echo = rewind.tool(
  function* echo() {
    let got = null;
    try {
      for (;;) {
        try {
          got = yield got;
        } catch (error) {
          got = `caught ${error.message}`;
        }
      }
    } finally {
      console.log('closed');
    }
  },
  { replay: 'tape' },
);
const echoAsync = rewind.tool(
  async function* echoAsync() {
    let got = null;
    try {
      for (;;) {
        try {
          got = yield got;
        } catch (error) {
          got = `caught ${error.message}`;
        }
      }
    } finally {
      console.log('closed');
    }
  },
  { replay: 'tape' },
);
const returns = rewind.tool(
  function* returns() {
    yield 1;
    return 2;
  },
  { replay: 'tape' },
);
const fails = rewind.tool(
  async function* fails() {
    yield 1;
    throw new RangeError('no more');
  },
  { replay: 'tape' },
);
// Not marked `async`, and gives a promise all the same.
const later = rewind.tool(order => Promise.reject(new TypeError(order)), { name: 'later', replay: 'tape' });

const stream = echo();
stream.next();
console.log(stream.next('a').value, stream.throw(new Error('k')).value, stream.return(7));
const outer = (function* () {
  console.log('returned', yield* returns());
})();
console.log([...outer]);
const streamAsync = echoAsync();
await streamAsync.next();
console.log((await streamAsync.next('b')).value, (await streamAsync.throw(new Error('k'))).value);
for await (const item of echoAsync()) {
  console.log(item);
  break;
}
await streamAsync.return();
try {
  for await (const item of fails()) console.log(item);
} catch (error) {
  console.log(String(error));
}
const promise = later('ORD-1');
console.log(promise instanceof Promise);
await promise.catch(error => console.log(String(error)));
