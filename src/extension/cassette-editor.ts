import * as vscode from 'vscode';
import type { Rewind } from './context.ts';
import { EDITOR } from './ids.ts';
import type { SessionPages } from './session-page.ts';
import { cassetteTimeline } from './timelines.ts';

/**
 * `.rw` files, for reading. Nothing is run, so it works in folders that are not trusted; the bytes come from the editor's
 * file system, so that both sides of a Git comparison open too.
 */
export function cassetteEditor(rewind: Rewind, pages: SessionPages): void {
  rewind.keep(
    vscode.window.registerCustomEditorProvider(
      EDITOR.cassette,
      {
        openCustomDocument: uri => ({ uri, dispose: () => undefined }),
        resolveCustomEditor({ uri }, panel) {
          const onDisk = uri.scheme === 'file';
          const page = pages.open(panel, {
            recording: onDisk ? uri.fsPath : uri.toString(),
            readOnly: !onDisk,
            read: async () => cassetteTimeline(await vscode.workspace.fs.readFile(uri)),
          });
          if (onDisk) watch(uri, panel, () => void page.refresh());
        },
      } satisfies vscode.CustomReadonlyEditorProvider,
      { supportsMultipleEditorsPerDocument: true },
    ),
  );
}

function watch(uri: vscode.Uri, panel: vscode.WebviewPanel, run: () => void): void {
  const name = uri.path.replace(/^.*\//, '');
  const watcher = vscode.workspace.createFileSystemWatcher(
    new vscode.RelativePattern(vscode.Uri.joinPath(uri, '..'), name),
  );
  const changed = watcher.onDidChange(run);
  panel.onDidDispose(() => {
    changed.dispose();
    watcher.dispose();
  });
}
