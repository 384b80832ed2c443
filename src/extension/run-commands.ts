import * as vscode from 'vscode';
import { RewindError } from '../errors.ts';
import type { Rewind } from './context.ts';
import { COMMAND } from './ids.ts';
import { shortId } from './session-words.ts';
import type { SessionNode } from './sessions-view.ts';

/** Recording and replaying, in a terminal that the user sees. Never in a folder that is not trusted. */
export function runCommands(rewind: Rewind): void {
  rewind.command(COMMAND.record, async () => {
    requireTrust();
    const typed = await vscode.window.showInputBox({
      title: 'Record a run',
      prompt: 'The command, as you would type it in a terminal',
      placeHolder: 'python agent.py',
      value: rewind.extension.workspaceState.get('lastCommand', ''),
    });
    if (!typed?.trim()) return;
    await rewind.extension.workspaceState.update('lastCommand', typed);
    runInTerminal('Rewind: record', `rewind record -- ${typed}`, workspaceFolder());
  });
  rewind.command(COMMAND.recordFile, async (given?: vscode.Uri) => {
    requireTrust();
    const uri = given ?? vscode.window.activeTextEditor?.document.uri;
    if (uri?.scheme !== 'file') return;
    const document = await vscode.workspace.openTextDocument(uri);
    await document.save();
    const runtime = rewind.settings.runtimes[document.languageId];
    if (!runtime) {
      throw new RewindError(
        'unknown-runtime',
        `How to run a ${document.languageId} file is not known`,
        'Add its command to the setting "rewind.runtimes", or use "Rewind: Record a Command…".',
      );
    }
    const folder = vscode.workspace.getWorkspaceFolder(uri);
    const path = folder ? vscode.workspace.asRelativePath(uri, false) : uri.fsPath;
    runInTerminal(
      'Rewind: record',
      `rewind record -- ${runtime} ${quoted(path)}`,
      folder?.uri ?? workspaceFolder(),
    );
  });
  rewind.command(COMMAND.replaySession, async (node?: SessionNode) => {
    requireTrust();
    const session =
      node?.kind === 'session'
        ? node.session
        : await rewind.pickSession('Replay a session: the same run, offline');
    if (session) runInTerminal('Rewind: replay', `rewind replay ${shortId(session.id)}`, workspaceFolder());
  });
}

/** Throws RewindError `untrusted-workspace`. */
export function requireTrust(): void {
  if (vscode.workspace.isTrusted) return;
  throw new RewindError(
    'untrusted-workspace',
    'Nothing is run in a folder that you do not trust',
    'Trust it with "Workspaces: Manage Workspace Trust"; looking at recordings needs no trust.',
  );
}

const workspaceFolder = (): vscode.Uri | undefined => vscode.workspace.workspaceFolders?.[0]?.uri;

/** A terminal of its own for each run: one that is in use would take the line as input of its program. */
function runInTerminal(name: string, line: string, cwd: vscode.Uri | undefined): void {
  const terminal = vscode.window.createTerminal({ name, ...(cwd ? { cwd } : {}) });
  terminal.show(true);
  terminal.sendText(line);
}

/** A path as a word of the usual shells, PowerShell and cmd included. */
function quoted(path: string): string {
  if (/^[\w@%+=:,./\\-]+$/.test(path)) return path;
  return process.platform === 'win32' ? `"${path}"` : `'${path.replaceAll("'", "'\\''")}'`;
}
