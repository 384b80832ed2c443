import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { filesBeside } from '../../src/cli/files-beside.ts';
import { RewindError } from '../../src/errors.ts';
import type { ForeignSession } from '../../src/interop/foreign.ts';
import { importForeign } from '../../src/interop/import-foreign.ts';
import { answerBody } from '../../src/wire/exchange.ts';
import { startBrowser, withoutBrowser } from '../webview/browser.ts';

const ASKED = '{"model":"gpt-4.1","messages":[{"role":"user","content":"Grüße"}]}';
const ANSWERED = '{"choices":[{"message":{"role":"assistant","content":"Grüße zurück"}}]}';
const BINARY = Buffer.from([0, 255, 254, 1]);
const skip = withoutBrowser;

const folder = mkdtempSync(join(tmpdir(), 'rewind-har-'));
const zipped = join(folder, 'run.har.zip');
const beside = join(folder, 'beside', 'run.har');

/** A page that calls a model, recorded by Playwright in both of the forms that it knows. */
before(async () => {
  if (skip) return;
  const host = createServer((request, response) => {
    request.resume().on('end', () => {
      const type = request.url === '/' ? 'text/html' : 'application/json';
      response.setHeader('content-type', request.url === '/binary' ? 'application/octet-stream' : type);
      response.end(
        request.url === '/' ? '<title>agent</title>' : request.url === '/binary' ? BINARY : ANSWERED,
      );
    });
  }).listen(0, '127.0.0.1');
  await new Promise(listening => host.once('listening', listening));
  const browser = await startBrowser();
  try {
    for (const path of [zipped, beside]) {
      const context = await browser.newContext({ recordHar: { path, content: 'attach' } });
      const page = await context.newPage();
      await page.goto(`http://127.0.0.1:${(host.address() as AddressInfo).port}/`);
      await page.evaluate(async body => {
        const headers = { 'content-type': 'application/json' };
        await (await fetch('/v1/chat/completions', { method: 'POST', headers, body })).text();
        await (await fetch('/binary')).arrayBuffer();
      }, ASKED);
      await context.close();
    }
  } finally {
    await browser.close();
    host.close();
  }
});

after(() => rmSync(folder, { recursive: true }));

function assertWhole({ format, exchanges, warnings }: ForeignSession): void {
  assert.equal(format, 'har');
  assert.deepEqual(warnings, []);
  const call = exchanges.find(({ request }) => request.path === '/v1/chat/completions');
  assert.equal(Buffer.from(call!.request.body).toString(), ASKED);
  assert.equal(Buffer.from(answerBody(call!.answer)).toString(), ANSWERED);
  const binary = exchanges.find(({ request }) => request.path === '/binary');
  assert.deepEqual(Buffer.from(answerBody(binary!.answer)), BINARY);
}

test('a HAR whose bodies Playwright put into a ZIP with it', { skip }, () => {
  const session = importForeign(readFileSync(zipped), zipped);
  assert.equal(session.name, 'run');
  assertWhole(session);
});

test('a HAR whose bodies stand beside it; one that is missing is told', { skip }, () => {
  const bytes = readFileSync(beside);
  assertWhole(importForeign(bytes, beside, filesBeside(beside)));
  const { exchanges, warnings } = importForeign(bytes, beside);
  assert.match(warnings.join('; '), /in a file that is not beside the HAR/);
  assert.ok(exchanges.every(({ answer }) => answerBody(answer).length === 0));
});

test('a name in a HAR reaches nothing but what is beside it', () => {
  const secret = join(folder, 'secret');
  writeFileSync(secret, 'sesame');
  const near = join(folder, 'a.har');
  assert.equal(filesBeside(near)('secret')?.toString(), 'sesame');
  const far = filesBeside(join(folder, 'inner', 'a.har'));
  for (const name of [
    '../secret',
    secret,
    'x/../../secret',
    '..\\secret',
    'secret\0',
    `${dirname(secret)}/secret`,
  ])
    assert.equal(far(name), undefined, name);
});

test('a ZIP that was damaged anywhere is read as something, or told; never a crash', { skip }, () => {
  const bytes = readFileSync(zipped);
  const damage = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(damage, fc.nat(bytes.length), (changes, end) => {
      const damaged = Buffer.from(end % 4 === 0 ? bytes.subarray(0, end) : bytes);
      for (const [at, value] of changes) if (at < damaged.length) damaged[at] = value;
      try {
        importForeign(damaged, 'run.zip');
      } catch (error) {
        if (!(error instanceof RewindError)) throw error;
      }
    }),
    { numRuns: 1000 },
  );
});
