import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isCredentialHeader, isCredentialParameter, KEY_SHAPES } from '../../src/providers/credentials.ts';
import { corpusCalls, corpusMissing } from './corpus.ts';

/** Made up here, in the vendors' shapes. */
const run = (alphabet: string, length: number): string =>
  Array.from({ length }, (_, i) => alphabet[(i * 7 + 3) % alphabet.length]).join('');
const mixed = (length: number): string => run('aB3dE5gH7jK9mN1pQ2sT4vW6xY8z', length);
const hex = (length: number): string => run('0a1b2c3d4e5f6789', length);

const SECRETS: Readonly<Record<string, string>> = {
  openai: `sk-${mixed(48)}`,
  'openai project': `sk-proj-${mixed(40)}-${mixed(40)}_${mixed(20)}`,
  anthropic: `sk-ant-api03-${mixed(80)}-AA`,
  openrouter: `sk-or-v1-${hex(64)}`,
  google: `AIza${mixed(35)}`,
  groq: `gsk_${mixed(52)}`,
  xai: `xai-${mixed(80)}`,
  huggingface: `hf_${mixed(34)}`,
  replicate: `r8_${mixed(37)}`,
  perplexity: `pplx-${mixed(48)}`,
  aws: `AKIA${run('ABCDEFGHIJ234567', 16)}`,
  github: `ghp_${mixed(36)}`,
  gitlab: `glpat-${mixed(20)}`,
  slack: `xoxb-${run('123456789', 12)}-${mixed(24)}`,
  jwt: `eyJ${mixed(20)}.eyJ${mixed(40)}.${mixed(43)}`,
  bearer: `Bearer ${mixed(32)}`,
  nvidia: `nvapi-${mixed(64)}`,
  databricks: `dapi${hex(32)}`,
};

const HARMLESS = [
  'call_aB3dE5gH7jK9mN1pQ2sT4vW6',
  'msg_01XFDUDYJgAACzvnptvVoYEL',
  'resp_68a0b2c4d6e8f0a1b2c3d4e5f60718293a4b5c6d7e8f9',
  'toolu_01A09q90qw90lq917835lq9',
  'chatcmpl-8a7b6c5d4e3f2a1b0c9d8e7f6a5b4c3d',
  'the sk-learn-compatible-estimators-are-many',
  'use Bearer authentication for this',
  'req_0123456789abcdef0123456789abcdef',
  '550e8400-e29b-41d4-a716-446655440000',
  'https://example.com/path:with/colon@home',
  `data:image/png;base64,${'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk'.repeat(20)}`,
];

function redact(text: string): string {
  return KEY_SHAPES.reduce((left, { pattern }) => left.replace(pattern, '***'), text);
}

test('every vendor key is found in running text, in JSON, in a header line, escaped in JSON', () => {
  for (const [name, secret] of Object.entries(SECRETS)) {
    for (const text of [
      secret,
      `my key is ${secret}.`,
      JSON.stringify({ a: secret }),
      `x: ${secret}\r\n`,
      JSON.stringify(JSON.stringify({ a: secret })),
    ]) {
      assert.ok(!redact(text).includes(secret.slice(-12)), `${name} in ${text}`);
    }
  }
  const aws = `aws_secret_access_key = ${mixed(40)}`;
  assert.ok(!redact(aws).includes(mixed(40)));
  assert.ok(!redact(`postgres://me:${mixed(16)}@db.example/x`).includes(mixed(16)));
  assert.ok(
    !redact(
      `-----BEGIN RSA PRIVATE KEY-----\n${mixed(64)}\n${mixed(64)}\n-----END RSA PRIVATE KEY-----`,
    ).includes(mixed(64)),
  );
});

test('ids, prose and images stay as they are', () => {
  for (const text of HARMLESS) assert.equal(redact(text), text);
});

test('headers and parameters that carry credentials, and those that only sound so', () => {
  for (const name of [
    'Authorization',
    'x-api-key',
    'API-KEY',
    'x-goog-api-key',
    'Cookie',
    'Set-Cookie',
    'x-amz-security-token',
    'x-new-vendor-api-key',
    'my-auth-token',
    'OpenAI-Organization',
  ]) {
    assert.ok(isCredentialHeader(name), name);
  }
  for (const name of [
    'content-type',
    'x-ratelimit-remaining-tokens',
    'anthropic-ratelimit-tokens-limit',
    'x-request-id',
    'accept',
    'x-amzn-bedrock-input-token-count',
    'www-authenticate',
    'user-agent',
    'anthropic-version',
    'x-stainless-lang',
    'retry-after',
    'access-control-allow-credentials',
    'access-control-allow-headers',
  ]) {
    assert.ok(!isCredentialHeader(name), name);
  }
  for (const name of ['key', 'X-Amz-Signature', 'access_token', 'sig'])
    assert.ok(isCredentialParameter(name), name);
  for (const name of ['alt', 'api-version', 'model', 'keyword'])
    assert.ok(!isCredentialParameter(name), name);
});

test('each shape takes linear time on text made to slow it', () => {
  const nasty = [
    'sk-',
    'Bearer ',
    'eyJ',
    'a://b:',
    '-----BEGIN PRIVATE KEY-----',
    'aws_secret_key=',
    'hooks.slack.com/services/',
    'AIza',
    'sk-a_',
  ];
  for (const piece of nasty) {
    for (const text of [
      piece.repeat(20_000),
      piece + 'a'.repeat(200_000),
      piece + 'aaa-'.repeat(50_000),
      piece + '\\'.repeat(100_000),
    ]) {
      // Quadratic time would take minutes here and be noticed.
      assert.ok(redact(text).length <= text.length + 3);
    }
  }
});

test('the corpus, whose secrets are gone, is not touched', { skip: corpusMissing }, t => {
  const found = new Map<string, number>();
  let size = 0;
  for (const call of corpusCalls()) {
    for (const text of [call.req_body ?? '', call.resp_body ?? '']) {
      size += text.length;
      for (const { id, pattern } of KEY_SHAPES) {
        for (const _ of text.matchAll(pattern)) found.set(id, (found.get(id) ?? 0) + 1);
      }
    }
  }
  t.diagnostic(`${(size / 1e6).toFixed(0)} MB of bodies: ${JSON.stringify(Object.fromEntries(found))}`);
  assert.deepEqual(Object.fromEntries(found), {});
});
