import { existsSync } from 'node:fs';
import * as vscode from 'vscode';
import { showBeside } from './beside.ts';
import { configFileOf } from './config-edit.ts';

/**
 * Changes the configuration of a folder as an edit of its document, and saves: the editor's own undo takes it back. `show`: opens it
 * beside the page. Throws what `change` throws, before anything is written.
 */
export async function changeConfig(
  folder: string,
  change: (text: string) => string,
  show = false,
): Promise<void> {
  const file = configFileOf(folder);
  const uri = vscode.Uri.file(file);
  if (!existsSync(file)) {
    const made = new vscode.WorkspaceEdit();
    made.createFile(uri, { contents: Buffer.from('{}\n') });
    await vscode.workspace.applyEdit(made);
  }
  const document = await vscode.workspace.openTextDocument(uri);
  const before = document.getText();
  const after = change(before);
  if (show) await showBeside(uri);
  const edit = new vscode.WorkspaceEdit();
  edit.replace(uri, new vscode.Range(document.positionAt(0), document.positionAt(before.length)), after);
  await vscode.workspace.applyEdit(edit);
  await document.save();
}
