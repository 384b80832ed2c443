import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Call } from '../../src/providers/call.ts';
import { cassetteText } from '../sessions/cassette-text.ts';
import { casesScript } from './cases-script.ts';
import { assertReportedCallsRead } from './reported-calls.ts';
import { type RoundTrip, roundTrip } from './round-trip.ts';

/** Records and replays one program of `programs/`; its calls are read as it understood them. */
async function client(program: string, retries = 0): Promise<readonly Call[]> {
  return (await session(program, retries)).calls;
}

async function session(program: string, retries = 0): Promise<RoundTrip> {
  const trip = await roundTrip({
    command: ['node', `test/clients/programs/${program}.mjs`],
    script: casesScript,
    retries,
  });
  assertReportedCallsRead(trip.stdout, trip.calls);
  return trip;
}

function dialects(calls: readonly Call[]): string[] {
  return [...new Set(calls.map(call => `${call.provider} ${call.dialect}`))].sort();
}

// Clients wait more than they work: two at once.
describe('npm', { concurrency: 2 }, () => {
  test('openai: tools, retries, timeouts, a broken stream, 64 at once, 20 MB', async () => {
    const calls = await client('openai', 2);
    assert.deepEqual(dialects(calls), [
      'openai openai-chat',
      'openai openai-embeddings',
      'openai openai-responses',
    ]);
    // The client does not read the body of an answer that it will retry: its type may be lost, its status is not.
    assert.equal(calls.filter(call => call.error?.status === 429).length, 1);
  });

  test('@anthropic-ai/sdk', async () => {
    assert.deepEqual(dialects(await client('anthropic', 2)), ['anthropic anthropic-messages']);
  });

  test('@google/genai', async () => {
    assert.deepEqual(dialects(await client('genai')), ['gemini gemini-embeddings', 'gemini gemini-generate']);
  });

  test('ai with @ai-sdk/openai', async () => {
    assert.deepEqual(dialects(await client('ai-sdk')), [
      'openai openai-chat',
      'openai openai-embeddings',
      'openai openai-responses',
    ]);
  });

  test('@langchain/openai', async () => {
    assert.deepEqual(dialects(await client('langchain')), ['openai openai-chat', 'openai openai-embeddings']);
  });

  test('@aws-sdk/client-bedrock-runtime, which speaks HTTP/2', async () => {
    const { calls, recorded } = await session('bedrock');
    assert.deepEqual(dialects(calls), ['bedrock bedrock-converse', 'bedrock bedrock-invoke']);
    for (const { request } of recorded.session.exchanges()) assert.equal(request.httpVersion, '2');
    const cassette = cassetteText(recorded.session);
    assert.match(cassette, /^\{"message":"contentBlockDelta","data":\{/m);
    assert.match(cassette, /^\{"message":"chunk","data":\{"bytes":\{"type":"message_start"/m);
    assert.doesNotMatch(cassette, /^\{"base64"/m);
  });
});
