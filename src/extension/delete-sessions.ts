import * as vscode from 'vscode';
import type { SessionSummary } from '../sessions/session.ts';
import type { Rewind } from './context.ts';
import { COMMAND } from './ids.ts';
import { sessionOf } from './session-commands.ts';
import { sessionTitle } from './session-words.ts';
import type { SessionNode } from './sessions-view.ts';
import { emptyTrash, moveToTrash, restoreFromTrash } from './trash.ts';

const UNDO = 'Undo';

/** Deletes sessions at once, and for good when the offer to undo it is closed. */
export function deleteSessions(rewind: Rewind): void {
  rewind.command(COMMAND.deleteSession, async (node?: SessionNode, chosen?: readonly SessionNode[]) => {
    const clicked = sessionOf(node);
    const selected = (chosen ?? []).flatMap(each => sessionOf(each) ?? []);
    const picked = clicked ? undefined : await rewind.pickSession('Delete a session');
    const wanted = selected.length > 0 ? selected : [clicked ?? picked].flatMap(session => session ?? []);
    if (wanted.length > 0) await remove(rewind, wanted);
  });
}

async function remove(rewind: Rewind, wanted: readonly SessionSummary[]): Promise<void> {
  const { sessions, timelines } = rewind;
  const { home } = sessions;
  const gone: SessionSummary[] = [];
  try {
    for (const session of wanted) {
      moveToTrash(home, session);
      timelines.forget(session.id);
      gone.push(session);
    }
  } finally {
    sessions.refresh();
  }
  const what = gone.length === 1 ? sessionTitle(gone[0]!) : `${gone.length} sessions`;
  const answer = await vscode.window.showInformationMessage(`Deleted ${what}.`, UNDO);
  if (answer !== UNDO)
    return emptyTrash(
      home,
      gone.map(({ id }) => id),
    );
  const lost = gone.filter(session => !restoreFromTrash(home, session));
  sessions.refresh();
  if (lost.length > 0)
    void vscode.window.showWarningMessage(`${lost.length} sessions were already deleted for good.`);
}
