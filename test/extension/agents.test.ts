import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { oneEditor, skip } from './one-editor.ts';

/** Agents that run in real VS Code: followed, edited, forked. */

const editor = oneEditor('agents', {
  prepare: async ({ folder }) => {
    const common = { type: 'rewind', request: 'launch' };
    const configurations = [{ ...common, name: 'walk', mode: 'session', session: 'refund' }];
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
  const { page } = editor();
  await editor().command('Debug: Select and Start Debugging');
  await page
    .locator('.quick-input-widget:visible .monaco-list-row', { hasText: new RegExp(`^${name}`) })
    .first()
    .click();
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

test('an answer is edited in Variables, and the agent goes on with it as a fork', { skip }, async () => {
  await editor().debugButton('Step Back').click();
  await editor().atStep(2);
  await editor().collapse('Request');
  await editor().expand('Response');
  await editor().setVariable('text', 'I would rather not.');
  await editor().debugButton('Continue').click();
  await console().getByText('Forked at step 2').first().waitFor();
  await frames().first().filter({ hasText: /^#\d/ }).waitFor();
  await editor().stopDebugging();
  const fork = await latest();
  assert.ok(fork.parent, 'the fork knows where it comes from');
});

test('forks from a step of the list', { skip }, async () => {
  const { page } = editor();
  await editor().stopDebugging();
  await editor().openRewind();
  await editor()
    .row('Sessions', /^refund3 calls/)
    .click();
  await editor().choose(editor().row('Steps', /^2 /), 'Fork from Step');
  await page
    .locator('.quick-input-widget:visible .monaco-list-row', { hasText: 'Recorded answers only' })
    .click();
  await console().getByText('Forked at step 2').first().waitFor();
  await editor().atStep(2);
  await editor().stopDebugging();
});
