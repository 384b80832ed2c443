import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recordSynthetic } from '../../bench/synthetic-session.ts';
import { openHome } from '../../src/sessions/home.ts';
import { createSession } from '../../src/sessions/writer.ts';
import { oneEditor, skip } from './one-editor.ts';

/** A folder that the user does not trust: recordings are read, nothing is run. */

const editor = oneEditor('untrusted', {
  settings: {
    'security.workspace.trust.enabled': true,
    'security.workspace.trust.startupPrompt': 'never',
    'security.workspace.trust.banner': 'always',
  },
  prepare: ({ env }) => recordLong(env.REWIND_HOME!),
});

/** A session of more than a thousand steps in two lanes. */
async function recordLong(home: string): Promise<void> {
  const writer = createSession(openHome(home), {
    name: 'long run',
    startedAt: Date.now(),
    command: ['python', 'agent.py'],
    cwd: '/agents',
    mode: 'record',
    scope: 'llm',
  });
  recordSynthetic(writer, { turns: 520, agents: 2 });
  await writer.seal();
}

test('sessions, steps and .rw files can be read', { skip }, async () => {
  const { page } = editor();
  await page.locator('.statusbar-item', { hasText: 'Restricted Mode' }).waitFor();
  await editor().openRewind();
  await editor()
    .row('Sessions', /^refund3 calls/)
    .click();
  await editor().row('Steps', /^4 /).waitFor();
  await editor().openFile('refund.rw');
  const webview = page.frameLocator('iframe.webview.ready').frameLocator('#active-frame');
  await webview.getByText('search_orders').first().waitFor();
});

test('a long session opens by its first conversation, its calls closed', { skip }, async () => {
  await editor().openRewind();
  await editor()
    .row('Sessions', /^long run520 calls/)
    .click();
  const call = editor().row('Steps', /^0 +gpt/);
  await call.and(editor().page.locator('[aria-expanded="false"]')).waitFor();
  await editor().expand(call);
  await editor()
    .row('Steps', /^\d+ +tool_/)
    .first()
    .waitFor();
});

test('nothing that runs an agent is offered', { skip }, async () => {
  const { page } = editor();
  await page.keyboard.press('F1');
  await page.locator('.quick-input-widget:visible input').fill('>Rewind:');
  const rows = page.locator('.quick-input-widget:visible .monaco-list-row');
  await rows.filter({ hasText: 'Rewind: Export Session' }).first().waitFor();
  for (const title of ['Record a Command', 'Replay Session', 'Fork from Step']) {
    await rows.filter({ hasText: title }).waitFor({ state: 'detached' });
  }
  await page.keyboard.press('Escape');
  await editor().openMenu(editor().row('Sessions', /^refund3 calls/));
  await editor().menuItem('Debug Recorded Session').waitFor();
  for (const title of ['Replay Session', 'Break Answers'])
    assert.equal(await editor().menuItem(title).count(), 0, title);
  await page.keyboard.press('Escape');
});
