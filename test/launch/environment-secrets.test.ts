import assert from 'node:assert/strict';
import { test } from 'node:test';
import { environmentSecrets } from '../../src/launch/environment-secrets.ts';

test('variables that hold credentials by their name', () => {
  const held = {
    OPENAI_API_KEY: 'a',
    HF_TOKEN: 'b',
    AWS_ACCESS_KEY_ID: 'c',
    AWS_SECRET_ACCESS_KEY: 'd',
    AWS_SESSION_TOKEN: 'e',
    DB_PASSWORD: 'f',
    CLIENT_SECRET: 'g',
  };
  const others = {
    PATH: 'x',
    HOME: 'x',
    MAX_TOKENS: 'x',
    TOKENIZERS_PARALLELISM: 'x',
    KEYBOARD: 'x',
    EMPTY_KEY: '',
  };
  assert.deepEqual(environmentSecrets({ ...held, ...others }), Object.values(held));
});
