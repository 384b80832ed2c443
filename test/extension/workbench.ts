import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Locator, type Page } from 'playwright-core';
import { root } from '../../scripts/editor/cache.ts';
import { installCodeServer, startEditor } from '../../scripts/editor/code-server.ts';
import { packExtension } from '../../scripts/editor/pack.ts';
import { type SampleWorkspace, sampleWorkspace } from '../../scripts/editor/sample-workspace.ts';

const BROWSERS = [
  process.env.REWIND_CHROMIUM ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const SETTINGS = {
  'workbench.colorTheme': 'Default Dark Modern',
  'terminal.integrated.gpuAcceleration': 'off',
};
/** So long anything may take, on a machine that does much else besides. */
const WAIT = 120_000;
/** After so long, what the editor passed over while it was busy is tried again. */
const ATTEMPT = 5_000;
const TAB = '.activitybar a[aria-label^="Rewind"]';
const chromiumPath = BROWSERS.find(path => path !== '' && existsSync(path));
const screenshots = join(root, '.editor', 'screenshots');

/** Why the real editor cannot be started here; false where it can. */
export async function missingPart(): Promise<string | false> {
  if (chromiumPath === undefined) return 'no Chromium on this machine (REWIND_CHROMIUM names one)';
  if (!existsSync(join(root, 'dist', 'extension.cjs'))) return 'dist/ is not built (npm run build)';
  try {
    await installCodeServer();
    return false;
  } catch (error) {
    return `code-server could not be installed: ${error instanceof Error ? error.message : String(error)}`;
  }
}

export interface WorkbenchOptions {
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Begun after the examples are recorded, before the editor starts. */
  readonly prepare?: (workspace: SampleWorkspace) => Promise<void>;
}

/** VS Code in a browser, with the extension, on the sample workspace. */
export class Workbench {
  readonly page: Page;
  readonly workspace: SampleWorkspace;
  /** Ends the browser, the editor and the provider, and takes their files away. */
  readonly close: () => Promise<void>;

  private constructor(page: Page, workspace: SampleWorkspace, close: () => Promise<void>) {
    this.page = page;
    this.workspace = workspace;
    this.close = close;
  }

  static async open({ prepare, settings }: WorkbenchOptions): Promise<Workbench> {
    const place = mkdtempSync(join(tmpdir(), 'rewind-editor-'));
    const undo: (() => Promise<unknown>)[] = [
      async () => rmSync(place, { recursive: true, force: true, maxRetries: 5 }),
    ];
    try {
      const vsix = await packExtension(join(place, 'rewind.vsix'));
      const workspace = await sampleWorkspace(place);
      undo.unshift(workspace.close);
      await workspace.recordExamples();
      await workspace.rewind('export', 'refund', '--output', 'refund.rw');
      await prepare?.(workspace);
      const editor = await startEditor({
        data: join(place, 'editor'),
        vsix,
        workspace: workspace.folder,
        env: workspace.env,
        settings: { ...SETTINGS, ...settings },
      });
      undo.unshift(editor.close);
      const browser = await chromium.launch({ executablePath: chromiumPath!, args: FLAGS });
      undo.unshift(() => browser.close());
      const page = await browser.newPage({ viewport: { width: 1280, height: 820 } });
      page.setDefaultTimeout(WAIT);
      await page.goto(editor.url);
      await page.locator(TAB).waitFor();
      return new Workbench(page, workspace, () => undoAll(undo));
    } catch (error) {
      await undoAll(undo);
      throw error;
    }
  }

  /** Kept under .editor/screenshots, for people. */
  async screenshot(name: string): Promise<void> {
    mkdirSync(screenshots, { recursive: true });
    await this.page.screenshot({ path: join(screenshots, `${name.replaceAll(/[^\w .:,-]/g, '')}.png`) });
  }

  /** By the palette, which closes by itself when something else takes the focus while it opens. */
  async command(title: string): Promise<void> {
    await this.#persistently(async () => {
      await this.page.keyboard.press('F1');
      const widget = this.page.locator('.quick-input-widget:visible');
      await widget.locator('input').fill(`>${title}`, { timeout: ATTEMPT });
      await widget.locator('.monaco-list-row', { hasText: title }).first().click({ timeout: ATTEMPT });
    });
  }

  /** Chooses from the list that is open. */
  async pick(text: string | RegExp): Promise<void> {
    await this.page
      .locator('.quick-input-widget:visible .monaco-list-row', { hasText: text })
      .first()
      .click();
  }

  /** Answers the input box that is open. */
  async answer(text: string): Promise<void> {
    await this.page.locator('.quick-input-widget:visible input').fill(text);
    await this.page.keyboard.press('Enter');
  }

  /** Answers a file dialog. It puts its own proposal into its box when it lists the folder, and never again. */
  async answerDialog(path: string): Promise<void> {
    const dialog = this.page.locator('.quick-input-widget:visible');
    await dialog.locator('.monaco-list-row').getByText('..', { exact: true }).first().waitFor();
    await dialog.locator('input').fill(path);
    await dialog.getByText('OK', { exact: true }).click();
    await dialog.waitFor({ state: 'hidden' });
  }

  /** Runs a line in the terminal. What is typed before its shell listens is lost. */
  async runInTerminal(line: string): Promise<void> {
    const terminal = this.page.locator('.terminal-wrapper.active');
    if (!(await terminal.isVisible())) await this.command('Terminal: Create New Terminal');
    // The second one is the command that scrolled out at the top.
    const text = terminal.locator('.xterm-rows').first();
    const holding = (words: string | RegExp): Locator =>
      text.and(this.page.locator('.xterm-rows', { hasText: words }));
    await holding(/\S/).waitFor();
    await this.#persistently(async () => {
      await terminal.click({ timeout: ATTEMPT });
      await this.page.keyboard.press('Control+U');
      await this.page.keyboard.type(line);
      // A longer one is broken where the terminal ends.
      await holding(line.slice(0, 30)).waitFor({ timeout: ATTEMPT });
    });
    await this.page.keyboard.press('Enter');
  }

  /** A debugger that has just stopped still shows its line in the editor, which takes the keys. */
  async runInDebugConsole(line: string): Promise<void> {
    const input = this.page.locator('.repl-input-wrapper');
    await this.command('Debug Console: Focus on Debug Console View');
    await this.#persistently(async () => {
      await input.click({ timeout: ATTEMPT });
      await input.locator('.monaco-editor.focused').waitFor({ timeout: ATTEMPT });
      await this.page.keyboard.press('Control+A');
      await this.page.keyboard.type(line);
      await input.locator('.view-line', { hasText: line }).waitFor({ timeout: ATTEMPT });
    });
    await this.page.keyboard.press('Enter');
  }

  /** A new window and a new extension host; what was open comes back. */
  async reload(): Promise<void> {
    // Not the browser's own: the editor first puts down what it brings back.
    await Promise.all([this.page.waitForEvent('domcontentloaded'), this.command('Developer: Reload Window')]);
    await this.page.locator(TAB).waitFor();
  }

  async openRewind(): Promise<void> {
    const tab = this.page.locator('.activitybar .action-item', {
      has: this.page.locator('a[aria-label^="Rewind"]'),
    });
    // A debugger that is just starting or ending shows another view.
    await this.#persistently(async () => {
      if (!(await tab.getAttribute('class'))?.includes('checked')) await tab.click({ timeout: ATTEMPT });
      await this.view('Sessions').waitFor({ timeout: ATTEMPT });
    });
  }

  async openFile(name: string): Promise<void> {
    await this.goToFile(name);
    await this.page.locator('.tab.active', { hasText: name }).waitFor();
  }

  /** `where`: a file's name, or its name and line: `agent.ts:12`. */
  async goToFile(where: string): Promise<void> {
    const [name] = where.split(':');
    await this.#persistently(async () => {
      await this.page.keyboard.press('Control+P');
      const widget = this.page.locator('.quick-input-widget:visible');
      await widget.locator('input').fill(where, { timeout: ATTEMPT });
      await widget.locator('.monaco-list-row', { hasText: name! }).first().click({ timeout: ATTEMPT });
    });
  }

  /** A pane of the side bar by its title. */
  view(title: string): Locator {
    return this.page.locator('.pane', {
      has: this.page.locator('.pane-header .title', { hasText: new RegExp(`^${title}$`) }),
    });
  }

  /** Rows of a pane that hold this text. */
  row(view: string, text: string | RegExp): Locator {
    return this.view(view).locator('.monaco-list-row', { hasText: text });
  }

  /** Waits until the debugger stands at this step. */
  async atStep(step: number): Promise<void> {
    const top = this.page.locator('.debug-call-stack .stack-frame').first();
    await top.filter({ hasText: new RegExp(`^#${step} `) }).waitFor();
  }

  /** Opens a row of a tree. */
  async expand(row: Locator): Promise<void> {
    await this.#persistently(() => this.#expand(row));
  }

  /** A click on a row that is about to be drawn anew changes nothing. */
  async #expand(row: Locator): Promise<void> {
    const done = row.and(this.page.locator('[aria-expanded="true"]'));
    await row.waitFor({ timeout: ATTEMPT });
    if (!(await done.isVisible())) await row.locator('.monaco-tl-twistie').click({ timeout: ATTEMPT });
    await done.waitFor({ timeout: ATTEMPT });
  }

  /** Opens a scope of the variables view. */
  async showScope(name: string): Promise<void> {
    await this.#persistently(() => this.#showScope(name));
  }

  /** Another one that is open leaves no room; the editor opens the first by itself, some time after each stop. */
  async #showScope(name: string): Promise<void> {
    const scopes = this.page.locator('.debug-variables .monaco-list-row[aria-level="1"]');
    const isIt = new RegExp(`^${name}$`);
    const other = scopes
      .filter({ hasNotText: isIt })
      .and(this.page.locator('[aria-expanded="true"]'))
      .first();
    if (await other.isVisible()) await other.locator('.monaco-tl-twistie').click({ timeout: ATTEMPT });
    await this.#expand(scopes.filter({ hasText: isIt }));
  }

  /** Writes another value into a scope of the variables view. */
  async setVariable(scope: string, name: string, value: string): Promise<void> {
    const box = this.page.locator('.debug-variables input');
    await this.#persistently(async () => {
      await this.#showScope(scope);
      const shown = this.variable(name).locator('.value');
      const before = await shown.textContent({ timeout: ATTEMPT });
      await shown.dblclick({ timeout: ATTEMPT });
      // Rows move when the editor opens the first scope.
      if ((await box.inputValue({ timeout: ATTEMPT })) !== before) throw new Error('the box of another row');
      await box.fill(value, { timeout: ATTEMPT });
      await box.press('Enter', { timeout: ATTEMPT });
      await this.variable(name).locator('.value', { hasText: value }).waitFor({ timeout: ATTEMPT });
    });
  }

  /** Ends all debugging. */
  async stopDebugging(): Promise<void> {
    const toolbar = this.page.locator('.debug-toolbar');
    await this.#persistently(async () => {
      if (!(await toolbar.isVisible())) return;
      await this.debugButton('Stop').click({ timeout: ATTEMPT });
      await toolbar.waitFor({ state: 'hidden', timeout: ATTEMPT });
    });
  }

  /** The value that the variables view shows beside a name. */
  variable(name: string): Locator {
    return this.page
      .locator('.debug-variables .monaco-list-row', {
        has: this.page.locator('.name', { hasText: new RegExp(`^${name} ?=?:?$`) }),
      })
      .first();
  }

  /** By a right click on what the row says: the buttons at its end have no menu. */
  async openMenu(row: Locator): Promise<void> {
    const text = row.locator('.monaco-tl-contents');
    await text.click({ button: 'right', position: { x: 16, y: 11 }, timeout: ATTEMPT });
  }

  /** Chooses from a row's context menu, which closes when its list is drawn anew. */
  async choose(row: Locator, title: string): Promise<void> {
    const item = this.menuItem(title);
    const focused = this.page.locator('.monaco-menu .action-item.focused', { hasText: title });
    await this.#persistently(async () => {
      await this.openMenu(row);
      await item.hover({ timeout: ATTEMPT });
      await focused.waitFor({ timeout: ATTEMPT });
      await this.page.keyboard.press('Enter');
      await item.waitFor({ state: 'hidden', timeout: ATTEMPT });
    });
  }

  /** Of the menu that is open. */
  menuItem(title: string): Locator {
    return this.page.locator('.monaco-menu .action-item', { hasText: title });
  }

  /** Rests the pointer on something until what it brings up is there. */
  async hover(target: Locator, shown: Locator): Promise<void> {
    await this.#persistently(async () => {
      await this.page.mouse.move(0, 0);
      await target.hover({ timeout: ATTEMPT });
      await shown.waitFor({ timeout: ATTEMPT });
    });
  }

  async #persistently(attempt: () => Promise<void>): Promise<void> {
    for (const end = Date.now() + WAIT; ; ) {
      try {
        await attempt();
        return;
      } catch (error) {
        if (Date.now() > end) throw error;
        await this.page.keyboard.press('Escape');
      }
    }
  }

  /** Ends what a failed test left open, so that the next one can begin. */
  async calm(): Promise<void> {
    for (let open = 0; open < 2; open++) await this.page.keyboard.press('Escape');
    await this.stopDebugging();
  }

  debugButton(title: string): Locator {
    const button = (name: string): string => `.debug-toolbar .action-label${name}`;
    // With its key, where it has one.
    return this.page.locator(`${button(`[aria-label="${title}"]`)}, ${button(`[aria-label^="${title} ("]`)}`);
  }

  notification(text: string): Locator {
    return this.page.locator('.notification-toast', { hasText: text });
  }
}

async function undoAll(steps: readonly (() => Promise<unknown>)[]): Promise<void> {
  for (const step of steps) await step();
}
