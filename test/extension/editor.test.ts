import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { oneEditor, skip } from './one-editor.ts';

/** The extension in real VS Code, in a real browser. One editor for all: the tests run in this order. */

const editor = oneEditor('editor');

test('lists the recordings and the steps of one', { skip }, async () => {
  await editor().openRewind();
  await editor()
    .row('Sessions', /^refund3 calls/)
    .waitFor();
  assert.deepEqual(
    (
      await editor()
        .row('Sessions', / calls · /)
        .allTextContents()
    ).map(text => /^\D+?(?=\d)/.exec(text)?.[0]),
    ['refund', 'refund, second try', 'research team', 'shop questions'],
  );
  await editor()
    .row('Sessions', /^refund3 calls/)
    .click();
  // Calls are drawn before their tools.
  for (const step of [1, 3])
    await editor()
      .row('Steps', new RegExp(`^${step} `))
      .waitFor();
  const steps = await editor().row('Steps', /^\d+ /).allTextContents();
  assert.deepEqual(
    steps.map(text => text.replace(/\s+/g, ' ').slice(0, 36)),
    [
      '0 gpt-4.1-mini→ search_orders · 123 ',
      '1 search_orders{"customer":"dana@exa',
      '2 gpt-4.1-mini→ refund · 213 → 25 · ',
      '3 refund{"order":"ORD-1042","reason"',
      '4 gpt-4.1-miniYour espresso machine ',
    ],
  );
});

test('a step leads to its call site, which says what it cost', { skip }, async () => {
  await editor().row('Steps', /^2 /).click();
  await editor().page.locator('.tab.active', { hasText: 'order-agent.ts' }).waitFor();
  const lens = editor().page.locator('.codelens-decoration a');
  await lens.waitFor();
  assert.match(
    (await lens.textContent()) ?? '',
    /^\s*3 calls · gpt-4\.1-mini · \$0\.0\d+ · last \d[\d.]* m?s · debug$/,
  );
});

test('F5 walks the latest recording; step over and back', { skip }, async () => {
  const { page } = editor();
  await page.keyboard.press('F5');
  await page.locator('.debug-toolbar').waitFor();
  await editor().command('View: Show Run and Debug');
  await editor().atStep(0);
  await editor().showScope('Request');
  const messages = editor().variable('messages').locator('.value');
  await messages.getByText('(2)').waitFor();
  await page.keyboard.press('F10');
  await editor().atStep(2);
  await messages.getByText('(4)').waitFor();
  assert.match((await messages.getAttribute('class')) ?? '', /changed/, 'the editor highlights what changed');
  const model = editor().variable('model').locator('.value');
  assert.doesNotMatch((await model.getAttribute('class')) ?? '', /changed/);
  await page.keyboard.press('F10');
  await editor().atStep(4);
  await editor().screenshot('debugging');
  await editor().debugButton('Step Back').click();
  await editor().atStep(2);
  await messages.getByText('(4)').waitFor();
});

test('steps back into what a call did, and back out', { skip }, async () => {
  await editor().page.keyboard.press('F10');
  await editor().atStep(4);
  await editor().debugButton('Step Back Into').click();
  await editor().atStep(3);
  await editor().debugButton('Step Back Out').click();
  await editor().atStep(2);
});

test('a data breakpoint in reverse answers who changed it', { skip }, async () => {
  const { page } = editor();
  await page.keyboard.press('F10');
  await editor().atStep(4);
  await editor().choose(editor().variable('messages'), 'Break on Value Change');
  await page.locator('.debug-breakpoints .monaco-list-row', { hasText: 'messages' }).waitFor();
  await editor().debugButton('Reverse').click();
  await editor().atStep(2);
  await page
    .locator('.debug-call-stack .pane-header, .pane-header', { hasText: /data breakpoint|changed/i })
    .first()
    .waitFor();
  await editor().screenshot('reverse');
  await editor().command('Remove All Breakpoints');
  await page.keyboard.press('Shift+F5');
  await page.locator('.debug-toolbar').waitFor({ state: 'hidden' });
});

test('a recording made in the terminal shows up by itself', { skip }, async () => {
  await editor().runInTerminal('rewind record --name typed -- npm run --silent refund');
  await editor().openRewind();
  await editor()
    .row('Sessions', /^typed3 calls/)
    .waitFor();
});

test('the status bar tells of a recording, and stops it', { skip }, async () => {
  const { page } = editor();
  await editor().runInTerminal('rewind record --name endless -- sh -c "npm run --silent refund; sleep 600"');
  const item = page.locator('.statusbar-item', { hasText: /^\s*3 calls · \$0\.0\d+ · / });
  await item.waitFor();
  await editor()
    .row('Sessions', /^endlessrecording · 3 calls/)
    .waitFor();
  await editor().screenshot('recording');
  await item.locator('a').click();
  await item.waitFor({ state: 'detached' });
  await editor()
    .row('Sessions', /^endless3 calls/)
    .waitFor();
});

test('hovering a call site lists its recordings', { skip }, async () => {
  const { page } = editor();
  await page.locator('.tab', { hasText: 'order-agent.ts' }).click();
  await page.locator('.codelens-decoration a').waitFor();
  const line = page.locator('.view-line', { hasText: 'await openai.chat.completions.create(body)' });
  const hover = page.locator('.monaco-hover:visible table');
  await editor().hover(line.getByText('create'), hover);
  assert.match((await hover.textContent()) ?? '', /refund.*refund, second try/s);
});

test('filters sessions, and says what it cannot read', { skip }, async () => {
  const { page } = editor();
  await editor().command('Rewind: Filter Sessions…');
  await page.locator('.quick-input-widget:visible input').fill('cost>much');
  await page.locator('.quick-input-message', { hasText: 'cost> needs a number' }).waitFor();
  await editor().answer('model:claude* calls>5');
  await editor()
    .row('Sessions', /^refund/)
    .first()
    .waitFor({ state: 'detached' });
  assert.equal(
    await editor()
      .row('Sessions', / calls · /)
      .count(),
    1,
  );
  await editor()
    .row('Sessions', /^research team/)
    .waitFor();
  await editor().command('Rewind: Clear Filter');
  await editor()
    .row('Sessions', /^refund3 calls/)
    .waitFor();
});

test('lanes of parallel agents stand apart', { skip }, async () => {
  await editor()
    .row('Sessions', /^research team/)
    .click();
  await editor()
    .row('Steps', /^0 You plan research/)
    .waitFor();
  assert.equal(
    await editor()
      .row('Steps', /\d calls?$/)
      .count(),
    4,
  );
});

test('deletes a session, and brings it back', { skip }, async () => {
  const { page } = editor();
  const row = editor().row('Sessions', /^shop questions/);
  await editor().choose(row, 'Delete Session');
  await row.waitFor({ state: 'detached' });
  assert.doesNotMatch(await editor().workspace.rewind('list', '--all'), /shop questions/);
  const toast = editor().notification('Deleted shop questions');
  await toast.hover();
  await toast.locator('.monaco-button', { hasText: 'Undo' }).click();
  await row.waitFor();
  assert.match(await editor().workspace.rewind('inspect', 'shop questions'), /gemini/);
  await page.keyboard.press('Escape');
});

test('compares two sessions side by side', { skip }, async () => {
  const { page } = editor();
  await editor()
    .row('Sessions', /^refund, second try/)
    .click();
  await editor()
    .row('Sessions', /^refund3 calls/)
    .click({ modifiers: ['Control'] });
  await editor().choose(editor().row('Sessions', /^refund3 calls/), 'Compare Sessions');
  const diff = page.locator('.monaco-diff-editor');
  await diff.waitFor();
  await diff.getByText('refund, second try').first().waitFor();
});

test('bisects two sessions', { skip }, async () => {
  const { page } = editor();
  await editor()
    .row('Sessions', /^refund, second try/)
    .click();
  await editor()
    .row('Sessions', /^refund3 calls/)
    .click({ modifiers: ['Control'] });
  await editor().choose(editor().row('Sessions', /^refund3 calls/), 'Bisect Sessions');
  await page.locator('.quick-input-widget:visible .monaco-list-row', { hasText: 'the older one' }).click();
  const report = page.frameLocator('iframe.webview.ready').frameLocator('#active-frame');
  await report
    .getByText(/diverge|divergence/i)
    .first()
    .waitFor();
});

test('exports a session and imports it again', { skip }, async () => {
  const { page } = editor();
  await editor().choose(editor().row('Sessions', /^refund3 calls/), 'Export Session…');
  await editor().answerDialog(join(editor().workspace.folder, 'exported.rw'));
  await editor().notification('Exported to').waitFor();
  await page.keyboard.press('Escape');
  const before = await editor()
    .row('Sessions', / calls · /)
    .count();
  await editor().command('Rewind: Import Recordings…');
  await editor().answerDialog(join(editor().workspace.folder, 'exported.rw'));
  await editor()
    .row('Sessions', / calls · /)
    .nth(before)
    .waitFor();
  assert.match(await editor().workspace.rewind('list', '--all'), /import/);
});

test('a .rw file opens as a page', { skip }, async () => {
  await editor().openFile('refund.rw');
  const page = editor().page.frameLocator('iframe.webview.ready').frameLocator('#active-frame');
  await page.getByText('search_orders').first().waitFor();
  const policy = page.locator('meta[http-equiv="Content-Security-Policy"]');
  assert.match((await policy.getAttribute('content')) ?? '', /^default-src 'none'/);
});

test('a recording whose recorder is killed is kept, and told of', { skip }, async () => {
  await editor().openRewind();
  await editor().runInTerminal('rewind record --name doomed -- sh -c "npm run --silent refund; sleep 600"');
  await editor()
    .row('Sessions', /^doomedrecording · 3 calls/)
    .waitFor();
  const place = dirname(editor().workspace.folder);
  const recorders = execFileSync('ps', ['-eo', 'pid,args'], { encoding: 'utf8' })
    .split('\n')
    .filter(line => line.includes(place) && line.includes('rewind.mjs record --name doomed'));
  assert.equal(recorders.length, 1);
  process.kill(Number.parseInt(recorders[0]!, 10), 'SIGKILL');
  await editor().notification('The recording of "doomed" broke off: its recorder was killed').waitFor();
  await editor()
    .row('Sessions', /^doomedcut off · 3 calls/)
    .click();
  await editor().row('Steps', 'the recording broke off before its end').waitFor();
  await editor()
    .row('Steps', /^4 .*Your espresso machine/)
    .waitFor();
});
