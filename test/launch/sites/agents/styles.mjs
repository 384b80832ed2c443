// Plain fetch and http in every style of asynchronous code. A line marked `// @name` makes the calls whose URL says
// `case=name`: the test expects that line as the nearest frame; `// @name+1` is the line of the next frame.
import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';
import { EventEmitter, once } from 'node:events';
import { readFile } from 'node:fs';
import http2 from 'node:http2';
import https from 'node:https';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { runCases } from './run-cases.mjs';

const at = name => `https://api.openai.com/v1/chat/completions?case=${name}`;
const body = JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: 'hi' }] });
const headers = { 'content-type': 'application/json', authorization: 'Bearer sk-test' };
const post = { method: 'POST', body, headers };
const streamed = { ...post, body: body.replace('{', '{"stream":true,') };
const drained = async response => {
  if (!response.ok) throw new Error(`${response.status}`);
  return response.text();
};

const fromAString = new Function('url', 'init', 'return fetch(url, init);');

class Model {
  #name;
  static shared = new Model('static');
  constructor(name) {
    this.#name = name;
  }
  async ask() {
    await sleep(1);
    return drained(await fetch(at(this.#name), post)); // @method @static @derived
  }
  get answer() {
    return fetch(at('getter'), post).then(drained); // @getter
  }
}

class Derived extends Model {
  async ask() {
    await super.ask(); // @derived+1
  }
}

async function* produce() {
  yield 1;
  yield await drained(await fetch(at('generator'), post)); // @generator
}

async function inner(name) {
  await sleep(1);
  return drained(await fetch(at(name), post)); // @outer @deep-helper
}

async function middle() {
  await sleep(1);
  const answer = await inner('deep-helper'); // @deep-helper+1
  return answer;
}

async function recurse(depth) {
  if (depth > 0) return await recurse(depth - 1); // @recursion+1
  await null;
  return drained(await fetch(at('recursion'), post)); // @recursion
}

const logged = method =>
  async function (...args) {
    await sleep(1);
    return await method.apply(this, args); // @wrapped+1
  };
const wrapped = logged(async function ask() {
  return drained(await fetch(at('wrapped'), post)); // @wrapped
});

await fetch(at('top-level'), post).then(drained); // @top-level

await runCases({
  arrow: () => fetch(at('arrow'), post).then(drained), // @arrow
  'after-await': async () => {
    await sleep(1);
    await drained(await fetch(at('after-await'), post)); // @after-await
  },
  outer: async () => {
    await sleep(1);
    await inner('outer'); // @outer+1
  },
  'deep-helper': async () => {
    await middle(); // @deep-helper+2
  },
  'then-handler': () => sleep(1).then(() => fetch(at('then-handler'), post).then(drained)), // @then-handler
  'then-chain': () =>
    Promise.resolve('case')
      .then(text => text.length)
      .then(() => sleep(1))
      .then(() => fetch(at('then-chain'), post)) // @then-chain
      .then(drained)
      .finally(() => sleep(1)),
  'catch-handler': () =>
    sleep(1)
      .then(() => Promise.reject(new Error('retry')))
      .catch(() => fetch(at('catch-handler'), post)) // @catch-handler
      .then(drained),
  retry: async () => {
    for (let attempt = 0; attempt < 2; attempt++) {
      try {
        await sleep(1);
        await fetch(at('retry'), post).then(drained); // @retry
        if (attempt === 0) throw new Error('again');
      } catch (error) {
        if (error.message !== 'again') throw error;
      }
    }
  },
  'promise-all': async () => {
    await sleep(1);
    await Promise.all([
      fetch(at('all-first'), post).then(drained), // @all-first
      sleep(1).then(() => fetch(at('all-second'), post).then(drained)), // @all-second
    ]);
  },
  map: () => Promise.all([1, 2, 3].map(() => fetch(at('map'), post).then(drained))), // @map
  'map-async': () =>
    Promise.all(
      [1, 2].map(async () => {
        await sleep(1);
        await drained(await fetch(at('map-async'), post)); // @map-async
      }),
    ),
  race: () => Promise.race([sleep(5_000, null, { ref: false }), fetch(at('race'), post).then(drained)]), // @race
  pool: async () => {
    const queue = [1, 2, 3, 4];
    const work = async () => {
      while (queue.pop()) await drained(await fetch(at('pool'), post)); // @pool
    };
    await Promise.all([work(), work()]);
  },
  'later-awaited': async () => {
    await sleep(1);
    const pending = fetch(at('later-awaited'), post); // @later-awaited
    await sleep(1);
    await drained(await pending);
  },
  timeout: () =>
    new Promise((done, fail) => {
      setTimeout(() => fetch(at('timeout'), post).then(drained).then(done, fail), 1); // @timeout
    }),
  interval: () =>
    new Promise((done, fail) => {
      const timer = setInterval(() => {
        clearInterval(timer);
        fetch(at('interval'), post).then(drained).then(done, fail); // @interval
      }, 1);
    }),
  immediate: () =>
    new Promise((done, fail) => {
      setImmediate(() => fetch(at('immediate'), post).then(drained).then(done, fail)); // @immediate
    }),
  'next-tick': () =>
    new Promise((done, fail) => {
      process.nextTick(() => fetch(at('next-tick'), post).then(drained).then(done, fail)); // @next-tick
    }),
  microtask: () =>
    new Promise((done, fail) => {
      queueMicrotask(() => fetch(at('microtask'), post).then(drained).then(done, fail)); // @microtask
    }),
  'timer-library-function': async () => {
    setTimeout(fetch, 1, at('timer-library-function'), post); // @timer-library-function
    await sleep(50);
  },
  emitter: () =>
    new Promise((done, fail) => {
      const emitter = new EventEmitter();
      emitter.on('go', () => fetch(at('emitter'), post).then(drained).then(done, fail)); // @emitter
      setTimeout(() => emitter.emit('go'), 1);
    }),
  once: async () => {
    const emitter = new EventEmitter();
    setTimeout(() => emitter.emit('go'), 1);
    await once(emitter, 'go');
    await fetch(at('once'), post).then(drained); // @once
  },
  'event-target': () =>
    new Promise((done, fail) => {
      const target = new EventTarget();
      target.addEventListener('go', () => fetch(at('event-target'), post).then(drained).then(done, fail)); // @event-target
      setImmediate(() => target.dispatchEvent(new Event('go')));
    }),
  callback: () =>
    new Promise((done, fail) => {
      readFile(new URL(import.meta.url), () => {
        fetch(at('callback'), post).then(drained).then(done, fail); // @callback
      });
    }),
  'message-port': () =>
    new Promise((done, fail) => {
      const { port1, port2 } = new MessageChannel();
      port2.onmessage = () => {
        port2.close();
        fetch(at('message-port'), post).then(drained).then(done, fail); // @message-port
      };
      port1.postMessage('go');
    }),
  method: () => new Model('method').ask(),
  static: () => Model.shared.ask(),
  getter: () => new Model('x').answer,
  derived: async () => {
    await new Derived('derived').ask(); // @derived+2
  },
  wrapped: () => wrapped(),
  recursion: () => recurse(3),
  generator: async () => {
    for await (const _ of produce());
  },
  'stream-body': async () => {
    const response = await fetch(at('stream-body'), streamed); // @stream-body
    for await (const _ of response.body);
  },
  'inside-a-stream': async () => {
    const response = await fetch(at('x'), streamed);
    let asked = false;
    for await (const _ of response.body) {
      if (!asked) await fetch(at('inside-a-stream'), post).then(drained); // @inside-a-stream
      asked = true;
    }
  },
  transform: () =>
    pipeline(
      Readable.from(['a']),
      new Transform({
        transform(chunk, _encoding, done) {
          fetch(at('transform'), post) // @transform
            .then(drained)
            .then(() => done(null, chunk), done);
        },
      }).resume(),
    ),
  'async-local-storage': () =>
    new AsyncLocalStorage().run({}, async () => {
      await sleep(1);
      await fetch(at('async-local-storage'), post).then(drained); // @async-local-storage
    }),
  'async-resource': () =>
    new Promise((done, fail) => {
      const call = AsyncResource.bind(() => fetch(at('async-resource'), post).then(drained).then(done, fail)); // @async-resource
      setTimeout(call, 1);
    }),
  'from-a-string': async () => {
    await fromAString(at('from-a-string'), post); // @from-a-string
  },
  thenable: async () => {
    const thenable = {
      // biome-ignore lint/suspicious/noThenProperty: a thenable is the case
      then: (done, fail) => fetch(at('thenable'), post).then(drained).then(done, fail), // @thenable
    };
    await sleep(1);
    await thenable;
  },
  'request-object': async () => {
    const request = new Request(at('request-object'), post);
    await sleep(1);
    await fetch(request).then(drained); // @request-object
  },
  'abort-signal': async () => {
    await fetch(at('abort-signal'), { ...post, signal: AbortSignal.timeout(30_000) }).then(drained); // @abort-signal
  },
  https: () =>
    new Promise((done, fail) => {
      const { method } = post;
      const sent = https.request(at('https'), { method, headers }, answer => answer.resume().on('end', done)); // @https
      sent.on('error', fail).end(body);
    }),
  'https-get': () =>
    new Promise((done, fail) => {
      https.get(at('https-get'), answer => answer.resume().on('end', done)).on('error', fail); // @https-get
    }),
  'https-agent': () =>
    new Promise((done, fail) => {
      const agent = new https.Agent({ keepAlive: true });
      const finish = () => done(agent.destroy());
      https.get(at('https-agent'), { agent }, answer => answer.resume().on('end', finish)).on('error', fail); // @https-agent
    }),
  'https-queued': () => {
    const agent = new https.Agent({ maxSockets: 1, keepAlive: true });
    const one = () =>
      new Promise((done, fail) => {
        https.get(at('https-queued'), { agent }, answer => answer.resume().on('end', done)).on('error', fail); // @https-queued
      });
    return Promise.all([one(), one(), one()]).finally(() => agent.destroy());
  },
  http2: () =>
    new Promise((done, fail) => {
      const session = http2.connect('https://api.openai.com').on('error', fail);
      const path = '/v1/chat/completions?case=http2';
      const stream = session.request({ ':method': 'POST', ':path': path, ...headers }); // @http2
      stream.on('close', () => session.close(done));
      stream.resume().end(body);
    }),
});
process.exit();
