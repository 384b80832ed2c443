import * as vscode from 'vscode';
import type { SessionSummary } from '../sessions/session.ts';
import { bisectPanels } from './bisect-panel.ts';
import type { Rewind } from './context.ts';
import { COMMAND, DEBUG_TYPE } from './ids.ts';
import { sessionOf } from './session-commands.ts';
import { sessionTitle, shortId } from './session-words.ts';
import type { SessionNode } from './sessions-view.ts';

/** Why two runs diverged: asks which two. */
export function bisectSessions(rewind: Rewind): void {
  const show = bisectPanels(rewind);
  rewind.keep(
    // `why` was asked in the debug console: the lines there are the short of it.
    vscode.debug.onDidReceiveDebugSessionCustomEvent(({ session, event, body }) => {
      if (session.type !== DEBUG_TYPE || event !== 'rewind/why') return;
      rewind.sessions.refresh();
      const { good, bad } = body as { readonly good: string; readonly bad: string };
      // A cassette that was never imported has no session to show.
      if (rewind.sessions.find(good) && rewind.sessions.find(bad)) show(good, bad, true);
    }),
  );
  rewind.command(COMMAND.bisectSessions, async (node?: SessionNode, chosen?: readonly SessionNode[]) => {
    const [first, second] = (chosen ?? []).flatMap(each => sessionOf(each) ?? []);
    if (first && second) {
      const [good, bad] = await inOrder(first, second);
      if (good && bad) show(good.id, bad.id);
      return;
    }
    const bad = sessionOf(node) ?? (await rewind.pickSession('Bisect: the run that went wrong'));
    const good = bad && (await rewind.pickSession(`Bisect ${sessionTitle(bad)}: a run that went well`, bad));
    if (good) show(good.id, bad.id);
  });
}

/** Which of the two went well is for the user to say. */
async function inOrder(
  a: SessionSummary,
  b: SessionSummary,
): Promise<readonly [good?: SessionSummary, bad?: SessionSummary]> {
  const [older, newer] = a.startedAt <= b.startedAt ? [a, b] : [b, a];
  const item = (session: SessionSummary, when: string) => ({
    label: sessionTitle(session),
    description: `${shortId(session.id)} · ${when}`,
    session,
  });
  const picked = await vscode.window.showQuickPick(
    [item(older, 'the older one'), item(newer, 'the newer one')],
    {
      title: 'Which of the two went well?',
    },
  );
  if (!picked) return [];
  return picked.session === older ? [older, newer] : [newer, older];
}
