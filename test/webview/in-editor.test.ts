import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FrameLocator } from 'playwright-core';
import { oneEditor, skip } from '../extension/one-editor.ts';

/** The session page in real VS Code, in a real browser. One editor for all: the tests run in this order. */

const editor = oneEditor('page');

/** The page in the webview of the active tab. */
const webview = (): FrameLocator =>
  editor().page.frameLocator('iframe.webview.ready').frameLocator('#active-frame');
const slider = () => webview().getByRole('slider', { name: 'Time line' });
const isAt = (step: number) => webview().locator(`.time-line[aria-valuenow="${step}"]`).waitFor();

/** In any lane: parallel agents are threads side by side. */
const debuggerAt = (step: number) =>
  editor()
    .page.locator('.debug-call-stack .stack-frame', { hasText: new RegExp(`^#${step} `) })
    .first()
    .waitFor();

test('the time line of a session opens from the list', { skip }, async () => {
  await editor().openRewind();
  await editor()
    .row('Sessions', /^research team/)
    .click();
  await editor().command('Rewind: Open Time Line');
  await editor()
    .page.locator('.quick-input-widget:visible .monaco-list-row', { hasText: 'research team' })
    .first()
    .click();
  await webview().getByRole('heading', { level: 1, name: 'research team' }).waitFor();
  await slider().press('End');
  await webview().locator('.step-pane:not(.waiting)').getByText('All about coffee').waitFor();
  assert.ok((await webview().getByRole('option').count()) > 4);
});

test('the page keeps its place while it is hidden', { skip }, async () => {
  const step = Number(await slider().getAttribute('aria-valuenow'));
  assert.ok(step > 0);
  await editor().openFile('refund.rw');
  await webview()
    .getByRole('option', { name: /search_orders/ })
    .first()
    .waitFor();
  await editor().screenshot('session-cassette');
  await editor().page.locator('.tab', { hasText: 'research team' }).click();
  await webview().getByRole('heading', { level: 1, name: 'research team' }).waitFor();
  await isAt(step);
});

test('pages survive a reload of the window', { skip }, async () => {
  const step = Number(await slider().getAttribute('aria-valuenow'));
  await slider().press('ArrowLeft');
  await isAt(step - 1);
  await editor().reload();
  const tab = (name: string) => editor().page.locator('.tab', { hasText: name });
  await tab('refund.rw').click();
  await webview()
    .getByRole('option', { name: /search_orders/ })
    .first()
    .waitFor();
  await tab('research team').click();
  await webview().getByRole('heading', { level: 1, name: 'research team' }).waitFor();
  await isAt(step - 1);
});

test('the debugger and the page move each other', { skip }, async () => {
  await webview().getByRole('option').nth(1).click();
  await webview().getByRole('button', { name: 'Debug from here' }).click();
  await debuggerAt(1);
  await webview().getByRole('button', { name: 'Moves the debugger' }).waitFor();
  await slider().press('ArrowRight');
  await debuggerAt(2);
  await isAt(2);
  await editor().command('Debug: Step Over');
  await webview().locator('.time-line:not([aria-valuenow="2"])').waitFor();
});
