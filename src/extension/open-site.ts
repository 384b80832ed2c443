import { existsSync } from 'node:fs';
import * as vscode from 'vscode';
import { RewindError } from '../errors.ts';
import type { SiteFrame } from '../wire/call-site.ts';
import { showBeside } from './beside.ts';

/** Opens the source beside a page, at the line that made a call. Rejects with RewindError `no-file`. */
export async function openSite({ file, line, column }: Omit<SiteFrame, 'function'>): Promise<void> {
  if (!existsSync(file)) {
    throw new RewindError(
      'no-file',
      `${file} is not on this machine`,
      'The step was recorded elsewhere, or the file was moved.',
    );
  }
  const at = new vscode.Position(line - 1, (column ?? 1) - 1);
  await showBeside(vscode.Uri.file(file), new vscode.Range(at, at));
}
