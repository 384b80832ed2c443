import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadConfig, parseConfig } from '../../src/cli/config.ts';
import { RewindError } from '../../src/errors.ts';

test('a whole configuration', () => {
  const config = parseConfig(
    JSON.stringify({
      $schema: 'x',
      match: { ignore: ['$.metadata.run'], mask: ['uuid', 'run-\\d{1,9}'] },
      redact: { headers: ['X-Corp-Token'], patterns: ['CORP-[0-9]{8}'] },
      hosts: ['llm.corp.example=openai', '*.models.corp.example'],
      sites: { ignore: ['framework'], include: ['site-packages/my_agent'] },
      upstreams: { 'api.openai.com': 'http://localhost:4000/openai' },
      prices: { 'corp-llm': { input: 1, output: 2 } },
    }),
  );
  assert.equal(config.match.masks.length, 2);
  assert.ok(config.redact.headers.has('x-corp-token'));
  assert.deepEqual(config.upstreams, ['api.openai.com=http://localhost:4000/openai']);
  assert.deepEqual(config.hosts, ['llm.corp.example=openai', '*.models.corp.example']);
});

test('what is wrong is named, with the nearest name or the form', () => {
  const refused = (text: string, message: RegExp, hint: RegExp) =>
    assert.throws(
      () => parseConfig(text),
      (error: unknown) =>
        error instanceof RewindError && message.test(error.message) && hint.test(error.hint),
      text,
    );
  refused('{"hots": []}', /hots is no setting/, /Did you mean hosts\?/);
  refused('{"zzzzzz": []}', /zzzzzz/, /Known are match, redact/);
  refused('{,}', /not JSON/, /Mend/);
  refused('[]', /must be an object/, /help config/);
  refused('{"hosts": ["a b"]}', /hosts/, /llm\.corp/);
  refused('{"sites": ["a"]}', /sites must hold lists of globs/, /ignore/);
  refused('{"sites": {"ignore": ["a,b"]}}', /sites/, /include/);
  refused('{"sites": {"exclude": []}}', /sites/, /ignore/);
  refused('{"upstreams": {"a": 1}}', /upstreams/, /http/);
  refused('{"match": {"ignored": []}}', /match\.ignored/, /match\.ignore/);
  refused('{"redact": {"pattern": []}}', /redact\.pattern/, /redaction\.md/);
});

test('the nearest file upward counts; no file is no configuration', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rewind-config-'));
  try {
    const deep = join(folder, 'a', 'b');
    mkdirSync(deep, { recursive: true });
    assert.deepEqual(loadConfig(deep).hosts, []);
    writeFileSync(join(folder, 'rewind.config.json'), '{"hosts": ["one.example"]}');
    assert.deepEqual(loadConfig(deep).hosts, ['one.example']);
    writeFileSync(join(folder, 'a', 'rewind.config.json'), '{"hosts": ["two.example"]}');
    assert.deepEqual(loadConfig(deep).hosts, ['two.example']);
    assert.equal(loadConfig(deep).file, join(folder, 'a', 'rewind.config.json'));
  } finally {
    rmSync(folder, { recursive: true });
  }
});
