import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { casesScript } from './cases-script.ts';
import { PYTHON, withoutPackages } from './python-packages.ts';
import { assertReportedCallsRead } from './reported-calls.ts';
import { type RoundTrip, type RoundTripOptions, roundTrip } from './round-trip.ts';

interface Client {
  readonly name: string;
  readonly program: string;
  readonly packages: readonly string[];
  readonly retries?: number;
  /** Provider and dialect of its calls. */
  readonly speaks: readonly string[];
}

const CLIENTS: readonly Client[] = [
  {
    name: 'openai: tools, retries, timeouts, a broken stream, 64 at once',
    program: 'openai_client',
    packages: ['openai'],
    retries: 2,
    speaks: ['openai openai-chat', 'openai openai-embeddings', 'openai openai-responses'],
  },
  {
    name: 'anthropic',
    program: 'anthropic_client',
    packages: ['anthropic'],
    retries: 2,
    speaks: ['anthropic anthropic-messages'],
  },
  {
    name: 'google-genai',
    program: 'genai_client',
    packages: ['google.genai'],
    speaks: ['gemini gemini-embeddings', 'gemini gemini-generate'],
  },
  {
    name: 'litellm',
    program: 'litellm_client',
    packages: ['litellm'],
    speaks: ['anthropic anthropic-messages', 'gemini gemini-generate', 'openai openai-chat'],
  },
  {
    name: 'langchain-openai',
    program: 'langchain_client',
    packages: ['langchain_openai'],
    speaks: ['openai openai-chat', 'openai openai-embeddings'],
  },
  {
    name: 'boto3',
    program: 'boto3_client',
    packages: ['boto3'],
    speaks: ['bedrock bedrock-converse', 'bedrock bedrock-invoke'],
  },
];

function program(
  name: string,
  args: readonly string[],
  options: Partial<RoundTripOptions>,
): Promise<RoundTrip> {
  const command = [PYTHON, `test/clients/programs/${name}.py`, ...args];
  return roundTrip({ script: casesScript, ...options, command });
}

// Clients wait more than they work: two at once.
describe('Python', { concurrency: 2 }, () => {
  for (const { name, program: file, packages, retries = 0, speaks } of CLIENTS) {
    test(`PyPI ${name}`, { skip: withoutPackages(...packages) ?? false }, async () => {
      const { stdout, calls } = await program(file, [], { retries });
      assertReportedCallsRead(stdout, calls);
      assert.deepEqual([...new Set(calls.map(call => `${call.provider} ${call.dialect}`))].sort(), speaks);
    });
  }

  const HTTP_CLIENTS = ['httpx', 'requests', 'aiohttp'];

  test('PyPI httpx, requests, aiohttp: HTTP/1.1 and HTTP/2, 20 MB, 64 at once', {
    skip: withoutPackages(...HTTP_CLIENTS, 'h2') ?? false,
  }, async () => {
    // The HTTP/2 round asks again what was slow, broken and cut short for HTTP/1.1.
    const { stdout, calls } = await program('http_clients', ['http2'], { retries: 3 });
    for (const client of HTTP_CLIENTS) assert.match(stdout, new RegExp(`^${client}.* You said: hello`, 'm'));
    assert.ok(calls.length > 64);
  });

  test('PyPI httpx: answers in gzip, br and zstd keep their bytes', {
    skip: withoutPackages(...HTTP_CLIENTS) ?? false,
  }, async () => {
    const { stdout, recorded } = await program('http_clients', ['codings'], { preserveEncoding: true });
    for (const line of ['gzip False 200 gzip', 'brotli True 200 br', 'zstd True 200 zstd']) {
      assert.match(stdout, new RegExp(`httpx ${line} True`));
    }
    assert.equal(recorded.session.length, 6);
  });
});
