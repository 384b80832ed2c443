// Each line marked `// @name` makes one call with `case=name` in its URL: the test expects exactly that line as the
// nearest frame. REQUIRE_FROM names a file beside which the SDKs are installed.
import { EventEmitter } from 'node:events';
import http2 from 'node:http2';
import https from 'node:https';
import { createRequire } from 'node:module';

const require = createRequire(process.env.REQUIRE_FROM);
const OpenAI = require('openai').OpenAI;
const Anthropic = require('@anthropic-ai/sdk').Anthropic;
const { GoogleGenAI } = require('@google/genai');
const { ChatOpenAI } = require('@langchain/openai');

const to = name => `https://api.openai.com/v1/chat/completions?case=${name}`;
const post = { method: 'POST', body: '{"model":"x","messages":[]}' };
const chat = { model: 'x', messages: [{ role: 'user', content: 'hi' }] };
const openai = name => new OpenAI({ defaultQuery: { case: name }, maxRetries: 0 }).chat.completions;
const anthropic = name => new Anthropic({ defaultQuery: { case: name }, maxRetries: 0 }).messages;
const tick = () => new Promise(resolve => setTimeout(resolve, 1));

class Agent {
  async step(name) {
    await tick();
    return fetch(to(name), post); // @method
  }
}

async function* produce() {
  yield 1;
  yield await fetch(to('generator'), post); // @generator
}

const cases = [
  () => fetch(to('arrow'), post), // @arrow
  async () => {
    await tick();
    await fetch(to('after-await'), post); // @after-await
  },
  () => tick().then(() => fetch(to('then'), post)), // @then
  () => Promise.all([1].map(() => fetch(to('map'), post))), // @map
  () =>
    new Promise(done => {
      setTimeout(() => fetch(to('timeout'), post).then(done), 1); // @timeout
    }),
  () =>
    new Promise(done => {
      setImmediate(() => fetch(to('immediate'), post).then(done)); // @immediate
    }),
  () =>
    new Promise(done => {
      process.nextTick(() => fetch(to('next-tick'), post).then(done)); // @next-tick
    }),
  () =>
    new Promise(done => {
      queueMicrotask(() => fetch(to('microtask'), post).then(done)); // @microtask
    }),
  () =>
    new Promise(done => {
      const emitter = new EventEmitter();
      emitter.on('go', () => fetch(to('emitter'), post).then(done)); // @emitter
      setTimeout(() => emitter.emit('go'), 1);
    }),
  () => new Agent().step('method'),
  async () => {
    for await (const _ of produce());
  },
  () => openai('openai').create(chat), // @openai
  async () => {
    await tick();
    const stream = await openai('openai-stream').create({ ...chat, stream: true }); // @openai-stream
    for await (const _ of stream);
  },
  () => Promise.all([openai('openai-all').create(chat), tick()]), // @openai-all
  async () => {
    await tick();
    const call = openai('openai-later').create(chat); // @openai-later
    await tick();
    await call;
  },
  () => anthropic('anthropic').create({ ...chat, max_tokens: 1 }), // @anthropic
  async () => {
    await tick();
    const messages = anthropic('anthropic-stream');
    await messages.stream({ ...chat, max_tokens: 1 }).finalMessage(); // @anthropic-stream
  },
  async () => {
    await tick();
    const client = new GoogleGenAI({ apiKey: 'x', httpOptions: { apiVersion: 'genai' } });
    await client.models.generateContent({ model: 'gemini-x', contents: 'hi' }); // @genai
  },
  async () => {
    await tick();
    const configuration = { defaultQuery: { case: 'langchain' } };
    await new ChatOpenAI({ model: 'x', maxRetries: 0, configuration }).invoke('hi'); // @langchain
  },
  () =>
    new Promise(done => {
      https.request(to('https'), { method: 'POST' }, done).end(post.body); // @https
    }),
  () =>
    new Promise(done => {
      https.get(to('https-get'), done); // @https-get
    }),
  () =>
    new Promise(done => {
      const session = http2.connect('https://api.openai.com');
      const path = '/v1/chat/completions?case=http2';
      const stream = session.request({ ':method': 'POST', ':path': path }); // @http2
      stream.on('response', () => session.close());
      stream.on('close', done);
      stream.resume();
      stream.end(post.body);
    }),
];

for (const each of cases) {
  try {
    await each();
  } catch {
    // the stand-in does not stream; only where the call came from matters here
  }
}
process.exit(0);
