import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { RewindError } from '../errors.ts';
import type { Rewind } from './context.ts';
import { EDITOR } from './ids.ts';
import { failurePage, outlinePage } from './outline-page.ts';
import { sessionOutline } from './session-outline.ts';
import { cassetteTimeline } from './timelines.ts';

/**
 * `.rw` files, for reading. Nothing is run, so it works in folders that are not trusted; the bytes come from the editor's
 * file system, so that both sides of a Git comparison open too.
 */
export function cassetteEditor(rewind: Rewind): void {
  rewind.keep(
    vscode.window.registerCustomEditorProvider(
      EDITOR.cassette,
      {
        openCustomDocument: uri => ({ uri, dispose: () => undefined }),
        async resolveCustomEditor({ uri }, panel) {
          panel.webview.options = { enableScripts: false, localResourceRoots: [] };
          const show = async (): Promise<void> => {
            panel.webview.html = await pageOf(rewind, uri);
          };
          if (uri.scheme === 'file') {
            const pattern = new vscode.RelativePattern(
              vscode.Uri.joinPath(uri, '..'),
              uri.path.replace(/^.*\//, ''),
            );
            const watcher = vscode.workspace.createFileSystemWatcher(pattern);
            const changed = watcher.onDidChange(show);
            panel.onDidDispose(() => {
              changed.dispose();
              watcher.dispose();
            });
          }
          await show();
        },
      } satisfies vscode.CustomReadonlyEditorProvider,
      { supportsMultipleEditorsPerDocument: true },
    ),
  );
}

async function pageOf(rewind: Rewind, uri: vscode.Uri): Promise<string> {
  const nonce = randomBytes(16).toString('base64');
  try {
    const { timeline } = await cassetteTimeline(await vscode.workspace.fs.readFile(uri));
    return outlinePage(sessionOutline(timeline, { timed: uri.scheme === 'file' }), nonce);
  } catch (error) {
    if (!(error instanceof RewindError)) rewind.log.error(error instanceof Error ? error : String(error));
    const { message, hint } =
      error instanceof RewindError
        ? error
        : {
            message: error instanceof Error ? error.message : String(error),
            hint: 'The output channel "Rewind" tells more.',
          };
    return failurePage(message, hint, nonce);
  }
}
