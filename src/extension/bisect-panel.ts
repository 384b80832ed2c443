import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import * as vscode from 'vscode';
import type { FromBisectPage, ToBisectPage } from '../../webview/bisect/messages.ts';
import type { Report } from '../bisect/report.ts';
import { RewindError } from '../errors.ts';
import { SESSION_ID } from '../sessions/home.ts';
import type { MatchConfig } from '../tape/rules.ts';
import { BisectConversation } from './bisect-conversation.ts';
import { type BisectLine, bisectLine } from './bisect-lines.ts';
import { configFileOf, isConfigFile, withRule } from './config-edit.ts';
import type { Rewind } from './context.ts';
import { startSessionDebugging } from './debugging.ts';
import { COMMAND, PANEL } from './ids.ts';
import { openSite } from './open-site.ts';
import { sessionHtml } from './session-html.ts';
import { shortId } from './session-words.ts';

interface Runs {
  readonly good: string;
  readonly bad: string;
}

/** Why two runs diverged, as panels: one for each two runs, revived after a reload of the window. */
export function bisectPanels(rewind: Rewind): (good: string, bad: string) => void {
  const open = new Map<string, { readonly panel: vscode.WebviewPanel; readonly page: BisectConversation }>();
  const fill = (panel: vscode.WebviewPanel, runs: Runs): void => {
    const key = `${runs.good}:${runs.bad}`;
    const page = fillPanel(rewind, panel, runs);
    open.set(key, { panel, page });
    panel.onDidDispose(() => {
      open.delete(key);
      page.close();
    });
  };
  rewind.keep(
    vscode.window.registerWebviewPanelSerializer(PANEL.bisect, {
      deserializeWebviewPanel: async (panel, state: unknown) => {
        const { good, bad } = (state ?? {}) as Partial<Record<keyof Runs, unknown>>;
        if (isId(good) && isId(bad)) fill(panel, { good, bad });
        else panel.dispose();
      },
    }),
    // A rule was added, changed or undone.
    vscode.workspace.onDidSaveTextDocument(({ uri }) => {
      if (isConfigFile(uri.fsPath)) for (const { page } of open.values()) void page.refresh();
    }),
  );
  return (good, bad) => {
    const known = open.get(`${good}:${bad}`);
    if (known) return known.panel.reveal();
    const title = `Why ${shortId(bad)} is not ${shortId(good)}`;
    fill(vscode.window.createWebviewPanel(PANEL.bisect, title, vscode.ViewColumn.Active), { good, bad });
  };
}

const isId = (value: unknown): value is string => typeof value === 'string' && SESSION_ID.test(value);

function fillPanel(rewind: Rewind, panel: vscode.WebviewPanel, { good, bad }: Runs): BisectConversation {
  const { webview } = panel;
  const { extensionUri } = rewind.extension;
  const dist = vscode.Uri.joinPath(extensionUri, 'dist', 'webview');
  panel.iconPath = vscode.Uri.joinPath(extensionUri, 'media', 'rewind.svg');
  webview.options = { enableScripts: true, localResourceRoots: [dist] };
  const post = (message: ToBisectPage): void => void webview.postMessage(message);
  const page = new BisectConversation({
    post,
    trusted: vscode.workspace.isTrusted,
    runs: async () => {
      const [one, two] = await Promise.all([rewind.timelines.of(good), rewind.timelines.of(bad)]);
      return { good: one.timeline, bad: two.timeline };
    },
    compare: async () => {
      const report = await bisected(rewind, [good, bad]);
      if (report) return report;
      throw new RewindError('engine', 'The comparison was stopped', 'Bisect the two sessions again.');
    },
    verify: (allowEffects, signal, onTrial) =>
      bisected(
        rewind,
        [good, bad, '--verify', ...(allowEffects ? ['--allow-effects'] : [])],
        signal,
        onTrial,
      ),
    openSite,
    openStep: (side, step) => {
      const session = side === 'good' ? good : bad;
      void vscode.commands.executeCommand(COMMAND.openPanel, { session, step });
    },
    debug: step => debugBoth(rewind, { good, bad }, step),
    copy: async markdown => vscode.env.clipboard.writeText(markdown),
    ignore: addRule,
  });
  webview.onDidReceiveMessage((message: FromBisectPage) => void page.take(message));
  webview.html = sessionHtml({
    script: webview.asWebviewUri(vscode.Uri.joinPath(dist, 'bisect.js')).toString(),
    style: webview.asWebviewUri(vscode.Uri.joinPath(dist, 'bisect.css')).toString(),
    cspSource: webview.cspSource,
    nonce: randomBytes(16).toString('base64'),
  });
  return page;
}

/** The engine's report; null where it was stopped. Rejects with what the engine says. */
async function bisected(
  rewind: Rewind,
  words: readonly string[],
  signal?: AbortSignal,
  onTrial?: (what: string) => void,
): Promise<Report | null> {
  const cwd = workspaceFolder();
  const said: BisectLine[] = [];
  const { code, stderr } = await rewind.engine.run(['bisect', ...words, '--json-lines'], {
    // The configuration is looked for from here on.
    ...(cwd === undefined ? {} : { cwd }),
    ...(signal ? { signal } : {}),
    onLine: text => {
      const line = bisectLine(text);
      if (line === null) return;
      said.push(line);
      if (line.event === 'trying') onTrial?.(line.what);
    },
  });
  if (signal?.aborted) return null;
  for (const line of said) {
    if (line.event === 'report') return line.report;
    if (line.event === 'error') throw line.error;
  }
  throw new RewindError('engine', stderr.trim() || `rewind bisect ended with ${code}`);
}

const workspaceFolder = (): string | undefined => vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;

/** Both runs in lock-step. The debugger shows its sources where one is open already: beside the panel, not over it. */
async function debugBoth(rewind: Rewind, { good, bad }: Runs, step: number): Promise<void> {
  const { timeline, sites } = await rewind.timelines.of(good);
  const frame = sites.frames(timeline.steps[step]!).find(({ file }) => existsSync(file));
  if (frame) await openSite(frame);
  await startSessionDebugging(good, { compare: bad, stopAt: step });
}

/** Writes the rule as an edit of the document, so that the editor's own undo takes it back. */
async function addRule(rule: MatchConfig): Promise<void> {
  const folder = workspaceFolder();
  if (folder === undefined)
    throw new RewindError(
      'no-folder',
      'No folder is open',
      'Rules stand in the rewind.config.json of a folder.',
    );
  const file = configFileOf(folder);
  const uri = vscode.Uri.file(file);
  if (!existsSync(file)) {
    const made = new vscode.WorkspaceEdit();
    made.createFile(uri, { contents: Buffer.from('{}\n') });
    await vscode.workspace.applyEdit(made);
  }
  const document = await vscode.workspace.openTextDocument(uri);
  const before = document.getText();
  const after = withRule(before, rule);
  await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.Beside, preview: true });
  const edit = new vscode.WorkspaceEdit();
  edit.replace(uri, new vscode.Range(document.positionAt(0), document.positionAt(before.length)), after);
  await vscode.workspace.applyEdit(edit);
  await document.save();
}
