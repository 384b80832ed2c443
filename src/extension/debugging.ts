import * as vscode from 'vscode';
import { DEBUG_TYPE } from './ids.ts';

/**
 * Walks a finished recording: a session's id, `latest`, or the path of a `.rw` file; from a step on where one is given.
 * `compare`: another one beside it, in lock-step.
 */
export async function startSessionDebugging(
  session: string,
  more: { readonly stopAt?: number; readonly allowLive?: boolean; readonly compare?: string } = {},
): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0];
  const { commands } = vscode;
  await vscode.debug.startDebugging(folder, {
    type: DEBUG_TYPE,
    request: 'launch',
    name: `Rewind: ${session.replace(/^.*[\\/]/, '').slice(0, 40)}`,
    mode: 'session',
    session,
    ...more,
  });
  await commands.executeCommand('workbench.view.debug');
}
