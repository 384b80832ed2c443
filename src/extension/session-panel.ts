import * as vscode from 'vscode';
import { SESSION_ID } from '../sessions/home.ts';
import type { Rewind } from './context.ts';
import { COMMAND, PANEL } from './ids.ts';
import { sessionOf } from './session-commands.ts';
import type { SessionPage, SessionPages } from './session-page.ts';
import { sessionTitle, shortId } from './session-words.ts';
import type { SessionNode } from './sessions-view.ts';

interface Open {
  readonly panel: vscode.WebviewPanel;
  readonly page: SessionPage;
}

/** Sessions of the home as panels: one a session, revived after a reload of the window. */
export function sessionPanel(rewind: Rewind, pages: SessionPages): void {
  const open = new Map<string, Open>();
  const fill = (panel: vscode.WebviewPanel, id: string): Open => {
    const page = pages.open(panel, {
      recording: id,
      readOnly: false,
      read: () => {
        if (isLive(rewind, id)) rewind.timelines.forget(id);
        return rewind.timelines.of(id);
      },
    });
    panel.iconPath = vscode.Uri.joinPath(rewind.extension.extensionUri, 'media', 'rewind.svg');
    panel.onDidDispose(() => open.delete(id));
    const opened = { panel, page };
    open.set(id, opened);
    return opened;
  };
  const show = (id: string, title: string, step?: number): void => {
    const known = open.get(id);
    known?.panel.reveal();
    const { page } =
      known ?? fill(vscode.window.createWebviewPanel(PANEL.session, title, vscode.ViewColumn.Active), id);
    if (step !== undefined) page.select(step);
  };
  rewind.command(COMMAND.openPanel, async (node?: SessionNode | { session: string; step?: number }) => {
    if (node && !('kind' in node)) return show(node.session, titleOf(rewind, node.session), node.step);
    if (node?.kind === 'recording') return show(node.recording.id, titleOf(rewind, node.recording.id));
    const session = sessionOf(node) ?? (await rewind.pickSession('Open the time line of a session'));
    if (session) show(session.id, sessionTitle(session));
  });
  rewind.keep(
    vscode.window.registerWebviewPanelSerializer(PANEL.session, {
      deserializeWebviewPanel: async (panel, state: unknown) => {
        const id = (state as { session?: unknown } | null)?.session;
        if (typeof id === 'string' && SESSION_ID.test(id)) fill(panel, id);
        else panel.dispose();
      },
    }),
    ...following(rewind, open),
  );
}

/** Panels of sessions that are being recorded grow along. */
function following(rewind: Rewind, open: ReadonlyMap<string, Open>): readonly vscode.Disposable[] {
  let live = new Set<string>();
  const look = (): void => {
    const now = new Set([...open.keys()].filter(id => isLive(rewind, id)));
    for (const id of new Set([...live, ...now])) {
      if (!now.has(id)) rewind.timelines.forget(id);
      void open.get(id)?.page.refresh();
    }
    live = now;
  };
  return [rewind.recordings.onChange(look)];
}

const isLive = (rewind: Rewind, id: string): boolean =>
  rewind.recordings.all.some(recording => recording.id === id);

function titleOf(rewind: Rewind, id: string): string {
  const session = rewind.sessions.find(id);
  return session ? sessionTitle(session) : shortId(id);
}
