import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { test } from 'node:test';
import zlib from 'node:zlib';
import OpenAI, { APIConnectionError, InternalServerError, RateLimitError } from 'openai';
import type { Emulator } from '../../src/emulator/emulator.ts';
import { RewindError } from '../../src/errors.ts';
import { post, withEmulator } from './with-emulator.ts';

const CHAT = '/v1/chat/completions';
const HELLO = { model: 'gpt-4o', messages: [{ role: 'user' as const, content: 'hello and welcome' }] };

function client(emulator: Emulator, maxRetries = 0): OpenAI {
  return new OpenAI({ apiKey: 'sk-test', baseURL: `${emulator.url}/v1`, maxRetries });
}

async function said(emulator: Emulator, seed?: number): Promise<string | null> {
  const { choices } = await client(emulator).chat.completions.create({ ...HELLO, ...(seed ? { seed } : {}) });
  return choices[0]!.message.content;
}

test('rate limits twice, then answers; the client retries through', async () => {
  await withEmulator(
    { behaviour: { faults: [{ kind: 'rate_limit', times: 2, retryAfter: 0 }] } },
    async emulator => {
      const answer = await client(emulator, 2).chat.completions.create(HELLO);
      assert.equal(answer.choices[0]!.message.content, 'You said: hello and welcome');
      assert.equal(emulator.requests.length, 3);
    },
  );
});

test('each kind of failure is the vendor’s own status and type', async () => {
  await withEmulator({}, async emulator => {
    const statuses = async (path: string, headers: Record<string, string>, body: object) => {
      const found: number[] = [];
      for (const kind of ['rate_limit', 'server_error', 'overloaded', 'context_overflow'] as const) {
        emulator.behave({ faults: [{ kind }] });
        const { response, text } = await post(emulator.url + path, body, headers);
        assert.ok(JSON.parse(text), 'an error body is JSON');
        found.push(response.status);
      }
      return found;
    };
    const claude = { model: 'claude-opus-4-6', max_tokens: 9, messages: HELLO.messages };
    assert.deepEqual(await statuses(CHAT, { authorization: 'Bearer k' }, HELLO), [429, 500, 503, 400]);
    assert.deepEqual(await statuses('/v1/messages', { 'x-api-key': 'k' }, claude), [429, 500, 529, 400]);
    const gemini = '/v1beta/models/gemini-2.5-flash:generateContent';
    const contents = [{ role: 'user', parts: [{ text: 'hi' }] }];
    assert.deepEqual(await statuses(gemini, { 'x-goog-api-key': 'k' }, { contents }), [429, 500, 503, 400]);
  });
});

test('without a key each vendor refuses with its own status', async () => {
  await withEmulator({}, async emulator => {
    const status = async (path: string) => (await post(emulator.url + path, HELLO, {})).response.status;
    assert.equal(await status(CHAT), 401);
    assert.equal(await status('/v1/messages'), 401);
    assert.equal(await status('/v1beta/models/gemini-2.5-flash:generateContent'), 403);
    assert.equal(await status('/model/anthropic.claude-3-haiku-20240307-v1%3A0/converse'), 403);
    assert.equal(await status('/openai/deployments/gpt-4o/chat/completions'), 401);
  });
});

test('cut, reset and an early end after two events', async () => {
  await withEmulator({}, async emulator => {
    const events = async (kind: 'cut' | 'reset' | 'end-early') => {
      emulator.behave({ faults: [{ kind, afterEvents: 2 }] });
      const response = await fetch(emulator.url + CHAT, {
        method: 'POST',
        headers: { authorization: 'Bearer k' },
        body: JSON.stringify({ ...HELLO, stream: true }),
      });
      let text = '';
      let broke = false;
      try {
        for await (const bytes of response.body!) text += Buffer.from(bytes).toString();
      } catch {
        broke = true;
      }
      return [text.split('\n\n').length - 1, broke];
    };
    assert.deepEqual(await events('cut'), [2, true]);
    // A reset discards what the client has not read yet.
    const [seen, broke] = await events('reset');
    assert.ok(Number(seen) <= 2 && broke);
    assert.deepEqual(await events('end-early'), [2, false]);
  });
});

test('an error inside a stream that began well, in the words of each vendor', async () => {
  await withEmulator({}, async emulator => {
    const streamed = async (path: string, headers: Record<string, string>, body: object) => {
      emulator.behave({ faults: [{ kind: 'overloaded', afterEvents: 2 }] });
      const { response, text } = await post(emulator.url + path, body, headers);
      assert.equal(response.status, 200);
      return text;
    };
    const messages = [{ role: 'user', content: 'hello and welcome' }];
    const chat = await streamed(CHAT, { authorization: 'Bearer k' }, { ...HELLO, stream: true });
    assert.match(chat, /"delta":\{"role":"assistant"[\s\S]*data: \{"error":\{[^\n]*server_is_overloaded/);
    const claude = { model: 'claude-haiku-4-5', max_tokens: 9, stream: true, messages };
    const anthropic = await streamed('/v1/messages', { 'x-api-key': 'k' }, claude);
    assert.match(anthropic, /^event: message_start[\s\S]*event: error\ndata: \{[^\n]*overloaded_error/);
    assert.doesNotMatch(anthropic, /message_stop/);
  });
});

test('a reset before the head is a connection error, a server error is one', async () => {
  await withEmulator(
    { behaviour: { faults: [{ kind: 'reset' }, { kind: 'server_error' }] } },
    async emulator => {
      await assert.rejects(said(emulator), APIConnectionError);
      await assert.rejects(said(emulator), InternalServerError);
      assert.equal(await said(emulator), 'You said: hello and welcome');
    },
  );
});

test('a fault with a path befalls only that path, one without `times` all its requests', async () => {
  await withEmulator({}, async emulator => {
    emulator.behave({ faults: [{ kind: 'rate_limit', path: '*/embeddings', times: null }] });
    assert.equal(await said(emulator), 'You said: hello and welcome');
    const embeddings = () =>
      client(emulator).embeddings.create({ model: 'text-embedding-3-small', input: 'x' });
    await assert.rejects(embeddings(), RateLimitError);
    await assert.rejects(embeddings(), RateLimitError);
  });
});

test('answers name another snapshot, are worded anew, and sampled by seed', async () => {
  await withEmulator({}, async emulator => {
    emulator.behave({ models: { 'gpt-4o*': 'gpt-4o-2024-11-20' }, rewording: { 'You said': 'I heard' } });
    const answer = await client(emulator).chat.completions.create(HELLO);
    assert.equal(answer.model, 'gpt-4o-2024-11-20');
    assert.equal(answer.choices[0]!.message.content, 'I heard: hello and welcome');
    emulator.reset();
    const sampled = async (seed: number) => {
      emulator.reset();
      emulator.behave({ noise: { probability: 1, seed } });
      return [await said(emulator), await said(emulator), await said(emulator)];
    };
    const first = await sampled(1);
    assert.deepEqual(await sampled(1), first);
    assert.notDeepEqual(await sampled(2), first);
    assert.ok(new Set(first).size > 1, 'the same request is worded in several ways');
  });
});

test('content coding: gzip where taken, another where forced, each stream event decodable when it arrives', async () => {
  await withEmulator({}, async emulator => {
    const raw = (accept: string, stream: boolean) =>
      rawPost(emulator.port, accept, JSON.stringify({ ...HELLO, stream }));
    const plain = await raw('identity', false);
    assert.equal(plain.coding, undefined);
    assert.equal((await raw('gzip;q=0', false)).coding, undefined);
    const decoders = { gzip: zlib.gunzipSync, br: zlib.brotliDecompressSync, zstd: zlib.zstdDecompressSync };
    for (const [coding, decode] of Object.entries(decoders)) {
      if (coding !== 'gzip') emulator.behave({ encoding: coding as 'br' | 'zstd' });
      for (const stream of [false, true]) {
        const answer = await raw('gzip, br, zstd', stream);
        if (coding === 'gzip' && stream) assert.equal(answer.coding, undefined);
        else {
          assert.equal(answer.coding, coding);
          assert.match(decode(answer.body).toString(), stream ? /\[DONE\]\n\n$/ : /hello and welcome/);
        }
      }
    }
  });
});

test('a wished number of text events, and a latency per event', async () => {
  await withEmulator({ behaviour: { chunks: 2, latency: { perChunkMs: 1 } } }, async emulator => {
    const pieces: string[] = [];
    for await (const chunk of await client(emulator).chat.completions.create({ ...HELLO, stream: true })) {
      const piece = chunk.choices[0]?.delta.content;
      if (piece) pieces.push(piece);
    }
    assert.equal(pieces.length, 2);
    assert.equal(pieces.join(''), 'You said: hello and welcome');
  });
});

test('controls: requests without credentials, behaviour and script at run time, bad ones refused', async () => {
  await withEmulator({}, async emulator => {
    const control = async (method: string, name: string, body?: unknown, host?: string) => {
      const response = await fetch(`${emulator.url}/_emulator/${name}`, {
        method,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        ...(host === undefined ? {} : { headers: { host } }),
      });
      return { status: response.status, json: (await response.json()) as Record<string, unknown> };
    };
    await post(`${emulator.url}${CHAT}?key=secret-in-query&a=1`, HELLO, {
      authorization: 'Bearer secret-bearer',
      'x-api-key': 'secret-key',
    });
    const log = await control('GET', 'requests');
    assert.equal(log.json.count, 1);
    assert.doesNotMatch(JSON.stringify(log.json), /secret/);
    assert.deepEqual(JSON.parse(emulator.requests[0]!.body!), HELLO);

    await control('POST', 'script', { turns: [{ answer: { text: 'scripted' } }] });
    assert.equal(await said(emulator), 'scripted');
    await control('POST', 'behaviour', { rewording: { scripted: 'changed' } });
    assert.equal(await said(emulator), 'changed');
    await control('POST', 'reset');
    assert.equal(await said(emulator), 'You said: hello and welcome');
    assert.equal(emulator.requests.length, 1);

    const bad = await control('POST', 'behaviour', { speed: 3 });
    assert.equal(bad.status, 400);
    assert.match(String(bad.json.message), /`speed` is not known/);
    assert.equal((await control('GET', 'nothing')).status, 404);
  });
});

test('controls are refused to another host name', async () => {
  await withEmulator({}, async emulator => {
    const answer = await rawText(
      emulator.port,
      'GET /_emulator/requests HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n',
    );
    assert.match(answer, /^HTTP\/1\.1 403 /);
  });
});

test('a taken port is one clear error', async () => {
  await withEmulator({}, async emulator => {
    await assert.rejects(
      withEmulator({ port: emulator.port }, async () => undefined),
      (error: unknown) => error instanceof RewindError && error.code === 'port-taken',
    );
  });
});

test('it listens on 127.0.0.1 only', async () => {
  await withEmulator({}, async emulator => {
    const other = Object.values(networkInterfaces())
      .flatMap(addresses => addresses ?? [])
      .find(address => address.family === 'IPv4' && address.address !== '127.0.0.1');
    // 127.0.0.2 reaches a server on all interfaces too, where the platform has it.
    await assert.rejects(fetch(`http://${other?.address ?? '127.0.0.2'}:${emulator.port}${CHAT}`));
  });
});

test('it closes with connections open', async () => {
  await withEmulator({ behaviour: { latency: { firstByteMs: 60_000 } } }, async emulator => {
    const pending = fetch(emulator.url + CHAT, {
      method: 'POST',
      headers: { authorization: 'Bearer k' },
      body: JSON.stringify(HELLO),
    }).then(
      () => 'answered',
      () => 'broken',
    );
    while (emulator.requests.length === 0) await new Promise(done => setTimeout(done, 5));
    await emulator.close();
    assert.equal(await pending, 'broken');
  });
});

/** One request on a socket of its own, so that nothing decodes the body. */
async function rawPost(
  port: number,
  accept: string,
  body: string,
): Promise<{ readonly coding: string | undefined; readonly body: Buffer }> {
  const { request } = await import('node:http');
  return new Promise((resolve, reject) => {
    const headers = { authorization: 'Bearer k', 'accept-encoding': accept };
    const sent = request({ port, host: '127.0.0.1', path: CHAT, method: 'POST', headers }, response => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ coding: response.headers['content-encoding'], body: Buffer.concat(chunks) }),
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

async function rawText(port: number, request: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.end(request);
  let text = '';
  for await (const bytes of socket) text += String(bytes);
  return text;
}
