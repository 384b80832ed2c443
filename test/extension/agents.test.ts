import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { oneEditor, skip } from './one-editor.ts';

/** Agents that run in real VS Code: edited, forked, and under the debugger of their language at once. */

const NODE = '../node_modules/.bin/node';
const editor = oneEditor('agents', {
  // Or Tab, meant for the next place of a snippet, takes a variable that the editor happens to offer.
  settings: { '[jsonc]': { 'editor.quickSuggestions': 'off', 'editor.suggestOnTriggerCharacters': false } },
  prepare: async ({ folder }) => {
    const common = { type: 'rewind', request: 'launch' };
    const configurations = [
      { ...common, name: 'walk', mode: 'session', session: 'refund' },
      { ...common, name: 'node', mode: 'replay', session: 'refund', debugger: 'node' },
      { ...common, name: 'record', mode: 'record', command: [NODE, 'order-agent.ts'] },
    ];
    writeFileSync(
      join(folder, '.vscode', 'launch.json'),
      JSON.stringify({ version: '0.2.0', configurations }),
    );
  },
});

const frames = () => editor().page.locator('.debug-call-stack .stack-frame');
const console = () => editor().page.locator('.repl');

/** Chooses a configuration of launch.json and starts it. */
async function start(name: string): Promise<void> {
  await editor().stopDebugging();
  await editor().command('Debug: Select and Start Debugging');
  await editor().pick(new RegExp(`^${name}`));
}

interface Listed {
  readonly id: string;
  readonly mode: string;
  readonly calls: number;
  readonly exit: { readonly code: number | null } | null;
  readonly command: readonly string[];
  readonly parent?: { readonly session: string };
}

const latest = async (): Promise<Listed> =>
  (JSON.parse(await editor().workspace.rewind('list', '--all', '--json')) as Listed[])[0]!;

test('the view Steps follows the debugger, and moves it', { skip }, async () => {
  const { page } = editor();
  await editor().openFile('order-agent.ts');
  await start('walk');
  await editor().command('View: Show Run and Debug');
  await editor().atStep(0);
  await editor().openRewind();
  const chosen = (step: number) =>
    page.locator('.pane .monaco-list-row.selected', { hasText: new RegExp(`^${step} `) }).waitFor();
  await chosen(0);
  await page.keyboard.press('F10');
  await chosen(2);
  await editor().row('Steps', /^4 /).click();
  await editor().command('View: Show Run and Debug');
  await editor().atStep(4);
});

test('another session can be looked at while one is debugged', { skip }, async () => {
  const { page } = editor();
  await start('walk');
  await editor().atStep(0);
  await editor().openRewind();
  const chosen = (title: RegExp) =>
    editor().view('Sessions').locator('.monaco-list-row.selected', { hasText: title }).waitFor();
  const steps = (session: string) =>
    editor()
      .view('Steps')
      .locator('.pane-header', { hasText: `${session} · ` })
      .waitFor();
  for (const move of ['Step Over', 'Step Back']) {
    await chosen(/^refund3 calls/);
    await editor()
      .row('Sessions', /^research team/)
      .click();
    await steps('research team');
    await editor()
      .row('Steps', /^0 You plan research/)
      .waitFor();
    // Long enough for the view to go back to the debugger, which it must not.
    await page.waitForTimeout(1000);
    await steps('research team');
    await editor().debugButton(move).click();
    await steps('refund');
  }
  await chosen(/^refund3 calls/);
});

test('an answer is edited in Variables, and the agent goes on with it as a fork', { skip }, async () => {
  await start('walk');
  await editor().command('View: Show Run and Debug');
  await editor().atStep(0);
  await editor().debugButton('Step Over').click();
  await editor().atStep(2);
  await editor().setVariable('Response', 'text', 'I would rather not.');
  await editor().debugButton('Continue').click();
  await console().getByText('Forked at step 2').first().waitFor();
  await frames().first().filter({ hasText: /^#\d/ }).waitFor();
  await editor().stopDebugging();
  const fork = await latest();
  assert.ok(fork.parent, 'the fork knows where it comes from');
  await editor().openRewind();
  await editor()
    .row('Sessions', /^fork of refund at 2/)
    .waitFor();
  // Shown since it began, when it had no calls.
  await editor()
    .view('Steps')
    .locator('.pane-header .description', { hasText: /^fork of refund at 2 · [1-9]\d* calls?/ })
    .waitFor();
});

test('forks from a step of the list', { skip }, async () => {
  await editor().stopDebugging();
  await editor().openRewind();
  await editor()
    .row('Sessions', /^refund3 calls/)
    .click();
  // The steps of the session before stand there for a moment longer, and the calls of this one before their tools: 3 is the last to come.
  await editor().row('Steps', /^3 /).waitFor();
  await editor().choose(editor().row('Steps', /^2 /), 'Fork from Step');
  await editor().pick('Recorded answers only');
  await console().getByText('Forked at step 2').first().waitFor();
  await editor().atStep(2);
  await editor().stopDebugging();
});

test('breakpoints of the language and steps of the run stop the same agent', { skip }, async () => {
  const { page } = editor();
  await editor().openFile('order-agent.ts');
  await page.keyboard.press('Control+G');
  const lines = readFileSync(join(editor().workspace.folder, 'order-agent.ts'), 'utf8').split('\n');
  const line = lines.findIndex(text => text.includes('return { order, refunded')) + 1;
  await editor().answer(`:${line}`);
  await page.keyboard.press('F9');
  await start('node');
  await editor().command('View: Show Run and Debug');
  await frames().filter({ hasText: /^#0 / }).waitFor();
  await page.keyboard.press('F10');
  await frames().filter({ hasText: /^#2 / }).first().waitFor();
  await page.keyboard.press('F10');
  // In the function behind the tool, by js-debug, with the agent's own variables.
  await frames()
    .filter({ hasText: 'refund' })
    .filter({ hasText: `${line}:` })
    .waitFor();
  await editor().variable('order').locator('.value', { hasText: 'ORD-1042' }).waitFor();
  await page.keyboard.press('F5');
  await frames().filter({ hasText: /^#4 / }).waitFor();
  await editor().stopDebugging();
  const { mode, command } = await latest();
  assert.deepEqual([mode, command], ['replay', [NODE, 'order-agent.ts']]);
});

test('records the current file from the list of what can be started', { skip }, async () => {
  const { page } = editor();
  await editor().command('Remove All Breakpoints');
  await editor().openFile('order-agent.ts');
  await editor().command('Debug: Select and Start Debugging');
  const rows = page.locator('.quick-input-widget:visible .monaco-list-row');
  await rows.filter({ hasText: 'Rewind...' }).first().click();
  await rows.filter({ hasText: 'Replay order-agent.ts' }).first().waitFor();
  await rows.filter({ hasText: 'Record order-agent.ts' }).first().click();
  await frames().filter({ hasText: /^#0 / }).waitFor();
  await page.keyboard.press('F5');
  await console().getByText('Your espresso machine').first().waitFor();
  await editor().stopDebugging();
  const { mode, calls, exit } = await latest();
  assert.deepEqual([mode, calls, exit?.code], ['record', 3, 0]);
});

test('a snippet of launch.json, typed there, records an agent', { skip }, async () => {
  const { page } = editor();
  await editor().openFile('launch.json');
  await page.getByRole('button', { name: 'Add Configuration...' }).click();
  const offered = page.locator('.suggest-widget.visible .monaco-list-row');
  await offered.first().waitFor();
  await page.keyboard.type('Rewind');
  await offered.first().filter({ hasText: 'Rewind: ' }).waitFor();
  assert.deepEqual(
    (await offered.locator('.label-name').allTextContents()).sort(),
    ['Attach', 'Debug recorded session', 'Fork from step', 'Record', 'Replay'].map(name => `Rewind: ${name}`),
  );
  await offered.filter({ hasText: /Rewind: Record$/ }).click();
  await page.locator('.view-line', { hasText: '"python",' }).waitFor();
  await page.keyboard.type(NODE);
  await page.keyboard.press('Tab');
  await page.keyboard.type('order-agent.ts');
  await page.locator('.view-line', { hasText: '"order-agent.ts"' }).first().waitFor();
  await page.keyboard.press('Control+S');
  await page.locator('.tab.active.dirty').waitFor({ state: 'detached' });
  // The editor reads the file again a little later; what is chosen to be started tells.
  await page.locator('.statusbar-item', { hasText: 'Rewind: Record' }).waitFor();
  await start('Rewind: Record');
  await frames().first().filter({ hasText: /^#0 / }).waitFor();
  await editor().debugButton('Continue').click();
  await frames().first().filter({ hasText: /^#4 / }).waitFor();
  await editor().stopDebugging();
  const { mode, calls, command } = await latest();
  assert.deepEqual([mode, calls, command], ['record', 3, [NODE, 'order-agent.ts']]);
});

test('a debugger that dies is told of, and the next one works', { skip }, async () => {
  await start('walk');
  await editor().atStep(0);
  const place = dirname(editor().workspace.folder);
  const adapters = execFileSync('ps', ['-eo', 'pid,args'], { encoding: 'utf8' })
    .split('\n')
    .filter(line => line.includes(place) && line.endsWith('rewind.mjs dap'));
  assert.equal(adapters.length, 1);
  process.kill(Number.parseInt(adapters[0]!, 10), 'SIGKILL');
  await editor().notification('The debugger of "walk" was killed. Recordings keep').waitFor();
  await editor().page.locator('.debug-toolbar').waitFor({ state: 'hidden' });
  await start('walk');
  await editor().atStep(0);
  await editor().command('Notifications: Show Notifications');
  const told = editor().page.locator('.notifications-center .notification-list-item', {
    hasText: 'The debugger of "walk" was killed',
  });
  await told.first().waitFor();
  assert.equal(await told.count(), 1);
  await editor().stopDebugging();
});
