import { existsSync } from 'node:fs';
import * as vscode from 'vscode';
import { RewindError } from '../errors.ts';
import type { SiteFrame } from '../wire/call-site.ts';

/** Opens the source beside a page, at the line that made a call. Rejects with RewindError `no-file`. */
export async function openSite({ file, line, column }: SiteFrame): Promise<void> {
  if (!existsSync(file)) {
    throw new RewindError(
      'no-file',
      `${file} is not on this machine`,
      'The step was recorded elsewhere, or the file was moved.',
    );
  }
  const at = new vscode.Position(line - 1, (column ?? 1) - 1);
  await vscode.window.showTextDocument(vscode.Uri.file(file), {
    selection: new vscode.Range(at, at),
    viewColumn: vscode.ViewColumn.Beside,
    preview: true,
  });
}
