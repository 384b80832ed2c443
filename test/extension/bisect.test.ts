import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { FrameLocator } from 'playwright-core';
import { oneEditor, skip } from './one-editor.ts';

/** The bisect panel in real VS Code, in a real browser. One editor for all: the tests run in this order. */

const editor = oneEditor('bisect', {
  // The same agent with another setting.
  prepare: async ({ folder, rewind }) => {
    const code = readFileSync(join(folder, 'order-agent.ts'), 'utf8');
    writeFileSync(
      join(folder, 'warm-agent.ts'),
      code.replace('messages, tools }', 'messages, tools, temperature: 0.9 }'),
    );
    await rewind('record', '--name', 'refund, warmer', '--', '../node_modules/.bin/node', 'warm-agent.ts');
  },
});

const panel = (): FrameLocator =>
  editor().page.frameLocator('iframe.webview.ready').frameLocator('#active-frame');
const rules = (): string => readFileSync(join(editor().workspace.folder, 'rewind.config.json'), 'utf8');
const button = (name: string) => panel().getByRole('button', { name });

test('two sessions chosen together open side by side, with the cause', { skip }, async () => {
  const { page } = editor();
  await editor().openRewind();
  await editor()
    .row('Sessions', /^refund, warmer/)
    .click();
  await editor()
    .row('Sessions', /^refund3 calls/)
    .click({ modifiers: ['Control'] });
  await editor().choose(editor().row('Sessions', /^refund3 calls/), 'Bisect Sessions');
  await page.locator('.quick-input-widget:visible .monaco-list-row', { hasText: 'the older one' }).click();
  await panel().getByRole('heading', { level: 2, name: 'sampling_params_changed' }).waitFor();
  await panel()
    .getByRole('option', { name: /first divergence/ })
    .waitFor();
  await editor().screenshot('bisect panel');
});

test('a card leads to the line that made the call', { skip }, async () => {
  await button('warm-agent.ts').click();
  await editor().page.locator('.tab.active', { hasText: 'warm-agent.ts' }).waitFor();
});

test('debug here: both runs are threads, stopped at the divergence', { skip }, async () => {
  await button('Debug here').click();
  await editor().page.locator('.debug-toolbar').waitFor();
  await editor().page.locator('.debug-call-stack .stack-frame', { hasText: /^#0 / }).nth(0).waitFor();
  assert.ok((await editor().page.locator('.debug-call-stack .thread').count()) >= 2);
  await editor().stopDebugging();
});

test('an ignore rule ends the divergence', { skip }, async () => {
  const { page } = editor();
  await button('Add ignore rule').click();
  await panel()
    .getByRole('heading', { level: 1, name: /^No divergence/ })
    .waitFor();
  assert.deepEqual(JSON.parse(rules()).match, { ignore: ['$.temperature'] });
  await page.locator('.tab.active', { hasText: 'rewind.config.json' }).waitFor();
});
