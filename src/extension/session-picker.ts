import * as vscode from 'vscode';
import type { SessionSummary } from '../sessions/session.ts';
import type { SessionList } from './session-list.ts';
import { clock, dayOf, dayTitle, sessionFacts, sessionTitle } from './session-words.ts';

const OFFERED = 500;

/** Lets the user choose one of the latest sessions, but not `without`; undefined where they chose none. */
export async function pickSession(
  sessions: SessionList,
  title: string,
  without?: SessionSummary,
): Promise<SessionSummary | undefined> {
  const offered = sessions.all.filter(({ id }) => id !== without?.id).slice(0, OFFERED);
  const items = offered.map(session => ({
    label: sessionTitle(session),
    description: `${dayTitle(dayOf(session.startedAt), Date.now())} ${clock(session.startedAt)}`,
    detail: sessionFacts(session),
    session,
  }));
  if (items.length === 0) {
    void vscode.window.showInformationMessage(
      'Nothing is recorded yet. Record a run with `rewind record <command>` in a terminal.',
    );
    return undefined;
  }
  const picked = await vscode.window.showQuickPick(items, {
    title,
    matchOnDescription: true,
    matchOnDetail: true,
  });
  return picked?.session;
}
