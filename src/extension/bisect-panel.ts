import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import * as vscode from 'vscode';
import type { FromBisectPage, ToBisectPage } from '../../webview/bisect/messages.ts';
import type { Report } from '../bisect/report.ts';
import { RewindError } from '../errors.ts';
import { SESSION_ID } from '../sessions/home.ts';
import { BisectConversation } from './bisect-conversation.ts';
import { type BisectLine, bisectLine } from './bisect-lines.ts';
import { changeConfig } from './config-document.ts';
import { isConfigFile, withoutRule, withRule } from './config-edit.ts';
import type { Rewind } from './context.ts';
import { startSessionDebugging } from './debugging.ts';
import { COMMAND, PANEL } from './ids.ts';
import { openSite } from './open-site.ts';
import { sessionHtml } from './session-html.ts';
import { sessionTitle, shortId } from './session-words.ts';
import { VerifiedBisects } from './verified-bisects.ts';

interface Runs {
  readonly good: string;
  readonly bad: string;
}

/** Shows why two runs diverged; `beside`: without leaving what is being done. */
export type ShowBisect = (good: string, bad: string, beside?: boolean) => void;

/** Why two runs diverged, as panels: one for each two runs, revived after a reload of the window. */
export function bisectPanels(rewind: Rewind): ShowBisect {
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
  return (good, bad, beside = false) => {
    const known = open.get(`${good}:${bad}`);
    if (known) return known.panel.reveal(undefined, beside);
    const where = {
      viewColumn: beside ? vscode.ViewColumn.Beside : vscode.ViewColumn.Active,
      preserveFocus: beside,
    };
    fill(vscode.window.createWebviewPanel(PANEL.bisect, titleOf(rewind, { good, bad }), where), {
      good,
      bad,
    });
  };
}

function titleOf({ sessions }: Rewind, { good, bad }: Runs): string {
  const [one, two] = [good, bad].map(id => {
    const session = sessions.find(id);
    return session && sessionTitle(session);
  });
  return one && two && one !== two
    ? `Why ${two} is not ${one}`
    : `Why ${shortId(bad)} is not ${shortId(good)}`;
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
    verified: new VerifiedBisects(rewind.extension.workspaceState),
    openSite,
    openStep: (side, step) => {
      const session = side === 'good' ? good : bad;
      void vscode.commands.executeCommand(COMMAND.openPanel, { session, step });
    },
    debug: step => debugBoth(rewind, { good, bad }, step),
    copy: async markdown => vscode.env.clipboard.writeText(markdown),
    ignore: rule => changeRules(text => withRule(text, rule)),
    unignore: rule => changeRules(text => withoutRule(text, rule)),
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

/** Rules stand in the configuration of the folder, which is shown. */
async function changeRules(change: (text: string) => string): Promise<void> {
  const folder = workspaceFolder();
  if (folder !== undefined) return changeConfig(folder, change, true);
  throw new RewindError(
    'no-folder',
    'No folder is open',
    'Rules stand in the rewind.config.json of a folder.',
  );
}
