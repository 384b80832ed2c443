import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { FrameLocator, Locator } from 'playwright-core';
import { oneEditor, skip } from './one-editor.ts';

/** Broken answers in real VS Code: run from the Test Explorer, read at the line, looked at in the panel, debugged. */

const editor = oneEditor('mutate', {
  prepare: async ({ rewind }) => {
    await rewind('record', '--name', 'breakable', '--', '../node_modules/.bin/node', 'order-agent.ts');
  },
});

const webview = (): FrameLocator =>
  editor().page.frameLocator('iframe.webview.ready').frameLocator('#active-frame');
const tests = (text: string | RegExp): Locator =>
  editor().page.locator('.test-explorer .monaco-list-row', { hasText: text });
const lens = (text: string | RegExp): Locator =>
  editor().page.locator('.codelens-decoration a', { hasText: text });

const problem = (text: string | RegExp): Locator =>
  editor().page.locator('.markers-panel .monaco-list-row', { hasText: text });
const gutterMark = (state: string): Locator =>
  editor().page.locator(`.glyph-margin-widgets .codicon-testing-${state}-icon`);

/** Takes back what was typed, piece by piece, and saves. */
async function undoTo(title: RegExp, line: number): Promise<void> {
  for (let pieces = 0; pieces < 8 && !(await lens(title).isVisible()); pieces++) {
    await editor().page.keyboard.press('Control+Z');
    await editor().page.waitForTimeout(600);
  }
  await showLine(line);
  await lens(title).waitFor();
  await editor().page.keyboard.press('Control+S');
}

/** What stands above a line is drawn only where the line is in view. */
const showLine = (line: number): Promise<void> => editor().goToFile(`order-agent.ts:${line}`);

/** Runs one mutant from its row, to its end. */
async function run(id: string, ends: 'failed' | 'passed'): Promise<void> {
  await tests(id).hover();
  await tests(id).locator('.codicon-testing-run-icon').click();
  await tests(id).locator(`.codicon-testing-${ends}-icon`).waitFor();
}

test('mutants stand in the Test Explorer by file and call site, and run from there', { skip }, async () => {
  const { page } = editor();
  await editor().openFile('order-agent.ts');
  await editor().command('Testing: Focus on Test Explorer View');
  await editor().expand(tests('order-agent.ts'));
  await editor().expand(tests(/line \d+/));
  await page.locator('.test-explorer .testing-filter-wrapper .monaco-editor').click();
  await page.keyboard.type('empty-response,rate-limit-once');
  await tests('empty-response@2').waitFor();
  await run('empty-response@2', 'failed');
  await showLine(37);
  await lens(/1 silent$/).waitFor();
});

test('a fault that is handled passes, and the line counts both', { skip }, async () => {
  await run('rate-limit-once@2', 'passed');
  await lens(/1 silent · 1 handled$/).waitFor();
});

test('a survivor stands among the problems', { skip }, async () => {
  await editor().command('Problems: Focus on Problems View');
  await problem('1 broken answer goes unnoticed here').first().waitFor();
});

test('a mark stands in the gutter', { skip }, async () => {
  await gutterMark('failed').waitFor();
});

test('lines above the call move it; results from before say so until that is undone', { skip }, async () => {
  const { keyboard } = editor().page;
  await showLine(1);
  await keyboard.press('Home');
  await keyboard.press('Enter');
  await keyboard.press('Enter');
  await keyboard.press('Control+S');
  await tests('line 39').getByText('results before the last edits').waitFor();
  await showLine(39);
  await lens(/1 silent · 1 handled · before the last edits$/).waitFor();
  await problem(/goes unnoticed here \(before the last edits\).*Ln 39,/).waitFor();
  await gutterMark('failed').waitFor();
  await undoTo(/1 silent · 1 handled$/, 37);
  await tests(/^line 37if/).waitFor();
  await tests('results before the last edits').waitFor({ state: 'detached' });
  await problem(/goes unnoticed hererewind.*Ln 37,/).waitFor();
});

test('the line itself may be edited; deleted, it is told of in the tree alone', { skip }, async () => {
  const { keyboard } = editor().page;
  await showLine(37);
  await keyboard.press('End');
  await keyboard.type(' // asks');
  await lens(/1 silent · 1 handled · before the last edits$/).waitFor();
  await problem(/\(before the last edits\).*Ln 37,/).waitFor();
  await tests('line 37')
    .getByText(/asks \(results before/)
    .waitFor();
  await keyboard.press('Control+Shift+K');
  await tests('no longer there').waitFor();
  await lens(/silent/).waitFor({ state: 'detached' });
  await problem(/goes unnoticed/).waitFor({ state: 'detached' });
  await undoTo(/1 silent · 1 handled$/, 37);
  await tests('no longer there').waitFor({ state: 'detached' });
});

test('a click on the line opens the panel there: broken answer, reaction, difference', { skip }, async () => {
  await lens(/1 silent · 1 handled$/).click();
  await webview().getByText('1 silent failure').waitFor();
  await webview().locator('.mutant-id', { hasText: 'empty-response@2' }).waitFor();
  await webview().locator('.reason', { hasText: 'refund did not run' }).waitFor();
  await webview().getByText('Recorded answer → broken answer').waitFor();
  await webview().locator('.reaction .badge', { hasText: 'FAULT' }).first().waitFor();
  await webview().locator('del', { hasText: 'refund' }).first().waitFor();
});

test('a survivor is debugged at its fault', { skip }, async () => {
  await webview().getByRole('button', { name: 'Debug this mutant' }).click();
  await editor().atStep(2);
  await editor().stopDebugging();
});

test('a finding is accepted, with the reason, in rewind.config.json', { skip }, async () => {
  const { page } = editor();
  await page.locator('.tab', { hasText: 'Broken answers' }).click();
  await webview().getByRole('button', { name: 'Accept as expected' }).click();
  await editor().answer('the shop is closed');
  await webview().getByText('No silent failure').waitFor();
  const config = JSON.parse(readFileSync(join(editor().workspace.folder, 'rewind.config.json'), 'utf8'));
  assert.deepEqual(config.mutate.accept, [
    { mutant: 'empty-response@2', verdict: 'silent', why: 'the shop is closed' },
  ]);
  assert.ok(config.upstreams, 'all else stays');
});

test('what was accepted is taken back', { skip }, async () => {
  await webview().getByRole('button', { name: 'No longer accept' }).click();
  await webview().getByText('1 silent failure').waitFor();
  const config = JSON.parse(readFileSync(join(editor().workspace.folder, 'rewind.config.json'), 'utf8'));
  assert.deepEqual(config.mutate.accept, []);
});

test('the failed test has both runs as a diff, and is run again as such', { skip }, async () => {
  const { page } = editor();
  await editor().command('Test: Rerun Failed Tests');
  await page.locator('.statusbar-item', { hasText: /unbroken runs|\d of \d broken/ }).waitFor();
  await page
    .locator('.statusbar-item', { hasText: /unbroken runs|\d of \d broken/ })
    .waitFor({ state: 'detached' });
  await editor().command('Testing: Focus on Test Explorer View');
  await tests('empty-response@2').locator('.codicon-testing-failed-icon').waitFor();
  await editor().command('Test: Peek Output');
  const peek = page.locator('.peekview-widget');
  for (const side of ['Expected', 'Actual']) await peek.getByText(side, { exact: true }).waitFor();
  await peek.locator('.original .view-line', { hasText: 'refund {' }).waitFor();
  assert.equal(await peek.locator('.modified .view-line', { hasText: 'refund {' }).count(), 0);
});

test('results, the page and its place outlive a reload of the window', { skip }, async () => {
  await editor().command('View: Close All Editors');
  await editor().command('Rewind: Show Broken Answers');
  await webview()
    .getByRole('option', { name: /rate-limit-once at step 2/ })
    .click();
  await webview().locator('.mutant-id', { hasText: 'rate-limit-once@2' }).waitFor();
  await editor().reload();
  await webview().locator('.mutant-id', { hasText: 'rate-limit-once@2' }).waitFor();
  await webview().getByText('1 silent failure').waitFor();
  await showLine(37);
  await lens(/1 silent · 1 handled$/).waitFor();
  await gutterMark('failed').waitFor();
});
