import * as vscode from 'vscode';
import { siteTable, siteTitle } from './call-site-words.ts';
import { CallSites, type SiteCalls } from './call-sites.ts';
import type { Rewind } from './context.ts';
import { COMMAND, SETTING } from './ids.ts';

const FILES: vscode.DocumentSelector = { scheme: 'file' };

/** CodeLens and hover at the lines that called a model. */
export function callSiteHints(rewind: Rewind): void {
  const { settings } = rewind;
  const sites = new CallSites(rewind);
  const lensChanged = new vscode.EventEmitter<void>();
  rewind.keep(
    lensChanged,
    sites.onChange(() => lensChanged.fire()),
    settings.onChange(SETTING.codeLens, () => lensChanged.fire()),
    vscode.languages.registerCodeLensProvider(FILES, {
      onDidChangeCodeLenses: lensChanged.event,
      provideCodeLenses(document) {
        if (!settings.codeLens) return [];
        return [...sites.lines(document.uri.fsPath)].flatMap(([line, calls]) => {
          const [latest] = calls;
          return latest && line <= document.lineCount ? [lens(line, latest)] : [];
        });
      },
    }),
    vscode.languages.registerHoverProvider(FILES, {
      provideHover(document, position) {
        const calls = settings.hover ? sites.lines(document.uri.fsPath).get(position.line + 1) : undefined;
        if (!calls) return undefined;
        const text = new vscode.MarkdownString(siteTable(calls, Date.now(), debugLink));
        text.isTrusted = { enabledCommands: [COMMAND.debugStep] };
        return new vscode.Hover(text);
      },
    }),
  );
}

function lens(line: number, latest: SiteCalls): vscode.CodeLens {
  return new vscode.CodeLens(new vscode.Range(line - 1, 0, line - 1, 0), {
    title: `$(debug-alt) ${siteTitle(latest)} · debug`,
    tooltip: 'Rewind: walk through the latest recording from this call on',
    command: COMMAND.debugStep,
    arguments: [refOf(latest)],
  });
}

function debugLink(site: SiteCalls): string {
  return `command:${COMMAND.debugStep}?${encodeURIComponent(JSON.stringify([refOf(site)]))}`;
}

const refOf = ({ session, first }: SiteCalls) => ({ session: session.id, step: first });
