// The same, in CommonJS: `require`, callbacks, old-fashioned classes. Marks as in styles.mjs.
const https = require('node:https');
const { promisify } = require('node:util');
const OpenAI = require('openai');
const Anthropic = require('@anthropic-ai/sdk');

const at = name => `https://api.openai.com/v1/chat/completions?case=${name}`;
const messages = name => [{ role: 'user', content: `case=${name}` }];
const body = JSON.stringify({ model: 'gpt-4o', messages: messages('x') });
const headers = { 'content-type': 'application/json', authorization: 'Bearer sk-test' };
const post = { method: 'POST', body, headers };

function Client(name) {
  this.name = name;
}
Client.prototype.ask = function ask() {
  return fetch(at(this.name), post); // @cjs-prototype
};

function withCallback(name, done) {
  const sent = https.request(at(name), { method: 'POST', headers }, answer => {
    answer.resume().on('end', () => done(null));
  });
  sent.on('error', done).end(body);
}

(async () => {
  const { runCases } = await import('./run-cases.mjs');
  await runCases({
    fetch: () => fetch(at('cjs-fetch'), post), // @cjs-fetch
    prototype: () => new Client('cjs-prototype').ask(),
    promisified: async () => {
      const call = promisify((name, done) => {
        https.get(at(name), answer => answer.resume().on('end', done)); // @cjs-promisified
      });
      await call('cjs-promisified');
    },
    callbacks: () =>
      new Promise(done => {
        withCallback('first', () => {
          https.get(at('cjs-nested-callback'), answer => answer.resume().on('end', done)); // @cjs-nested-callback
        });
      }),
    openai: async () => {
      const client = new OpenAI({ maxRetries: 0 });
      await null;
      await client.chat.completions.create({ model: 'gpt-4o', messages: messages('cjs-openai') }); // @cjs-openai
    },
    anthropic: () => {
      const client = new Anthropic({ maxRetries: 0 });
      const asked = { model: 'claude-sonnet-4', max_tokens: 9, messages: messages('cjs-anthropic') };
      return client.messages.create(asked).then(answer => answer.content); // @cjs-anthropic
    },
  });
  process.exit();
})();
