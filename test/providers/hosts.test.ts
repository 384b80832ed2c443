import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  HOSTS,
  hostPatterns,
  isInterceptedHost,
  localHostPatterns,
  providerOf,
} from '../../src/providers/hosts.ts';

const idOf = (host: string): string | undefined => providerOf(host, '/v1/chat/completions')?.id;

test('providers are known by their hosts', () => {
  const known: Readonly<Record<string, string>> = {
    'api.openai.com': 'openai',
    'API.OpenAI.com:443': 'openai',
    'eu.api.openai.com': 'openai',
    'api.anthropic.com.': 'anthropic',
    'generativelanguage.googleapis.com': 'gemini',
    'us-central1-aiplatform.googleapis.com': 'vertex',
    'aiplatform.googleapis.com': 'vertex',
    'bedrock-runtime.eu-central-1.amazonaws.com': 'bedrock',
    'bedrock-mantle.us-east-1.api.aws': 'bedrock',
    'my-resource.openai.azure.com': 'azure',
    'my-resource.cognitiveservices.azure.com': 'azure',
    'my-resource.services.ai.azure.com': 'azure',
    'openrouter.ai': 'openrouter',
    'api.together.ai': 'together',
    'adb-1.1.azuredatabricks.net': 'databricks',
    'localhost:11434': 'ollama',
    '127.0.0.1:8000': 'vllm',
    '[::1]:1234': 'lm-studio',
  };
  for (const [host, id] of Object.entries(known)) assert.equal(idOf(host), id, host);
});

test('look-alikes are not', () => {
  const strangers = [
    'api.openai.com.evil.example',
    'evilapi.openai.com',
    'openai.com',
    'aiplatform.googleapis.com.evil.example',
    'localhost',
    'localhost:3000',
    'storage.googleapis.com',
    's3.us-east-1.amazonaws.com',
    'apixopenai.com',
    '',
  ];
  for (const host of strangers) {
    assert.equal(idOf(host), undefined, host);
    assert.equal(isInterceptedHost(host, hostPatterns()), false, host);
  }
});

test('hosts that answer alike share a family', () => {
  const family = (host: string): string | undefined => providerOf(host, '/')?.family;
  assert.equal(family('api.together.xyz'), family('api.together.ai'));
  assert.equal(
    family('bedrock-runtime.us-east-1.amazonaws.com'),
    family('bedrock-runtime.us-west-2.amazonaws.com'),
  );
  assert.notEqual(family('api.openai.com'), family('x.openai.azure.com'));
});

test('what is opened by default: no warehouses, nothing on this machine', () => {
  const patterns = hostPatterns();
  assert.ok(isInterceptedHost('api.openai.com:443', patterns));
  assert.ok(isInterceptedHost('x.openai.azure.com', patterns));
  assert.equal(isInterceptedHost('acme.snowflakecomputing.com', patterns), false);
  assert.equal(isInterceptedHost('localhost:11434', patterns), false);
  assert.ok(isInterceptedHost('localhost:11434', localHostPatterns()));
  assert.equal(isInterceptedHost('localhost:11435', localHostPatterns()), false);
});

test("a user's hosts: alone, as a known provider, with a port", () => {
  const extra = [
    'llm.corp.example=openai',
    '*.models.corp.example',
    'gw.example:8443',
    'acme.snowflakecomputing.com',
    'p.example=mine',
  ];
  const patterns = hostPatterns(extra);
  for (const host of [
    'llm.corp.example',
    'a.b.models.corp.example',
    'gw.example:8443',
    'acme.snowflakecomputing.com',
  ]) {
    assert.ok(isInterceptedHost(host, patterns), host);
  }
  assert.equal(isInterceptedHost('gw.example:9999', patterns), false);
  assert.deepEqual(
    [providerOf('llm.corp.example', '/', extra)?.id, providerOf('llm.corp.example', '/', extra)?.family],
    ['openai', 'openai'],
  );
  assert.deepEqual(providerOf('x.models.corp.example', '/', extra), {
    id: 'unknown',
    family: 'x.models.corp.example',
    local: false,
    dialects: [],
  });
  assert.equal(providerOf('acme.snowflakecomputing.com', '/', extra)?.id, 'snowflake');
  assert.equal(providerOf('p.example', '/', extra)?.id, 'mine');
  assert.ok(isInterceptedHost('plain.example', ['plain.example:443']), 'the own port may be left out');
});

test('every entry has hosts, a dialect and a page; ids are single; patterns are lower case', () => {
  assert.equal(new Set(HOSTS.map(({ id }) => id)).size, HOSTS.length);
  const seen = new Map<string, string>();
  for (const { id, hosts, dialects, docs } of HOSTS) {
    assert.ok(hosts.length > 0 && dialects.length > 0 && URL.canParse(docs), id);
    for (const host of hosts) {
      assert.match(host, /^[a-z0-9.*:[\]_-]+$/, host);
      assert.equal(seen.get(host), undefined, `${host} of ${id} is also ${seen.get(host)}'s`);
      seen.set(host, id);
    }
  }
});
