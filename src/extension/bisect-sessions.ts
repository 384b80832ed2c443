import * as vscode from 'vscode';
import type { SessionSummary } from '../sessions/session.ts';
import type { Rewind } from './context.ts';
import { COMMAND } from './ids.ts';
import { sessionOf } from './session-commands.ts';
import { sessionTitle, shortId } from './session-words.ts';
import type { SessionNode } from './sessions-view.ts';

const SCHEME = 'rewind-bisect';

/** Why two runs diverged: the engine's report as a page. Nothing is run for it. */
export function bisectSessions(rewind: Rewind): void {
  const reports = new Map<string, string>();
  rewind.keep(
    vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
      provideTextDocumentContent: ({ query }) => reports.get(query) ?? 'Bisect the two sessions again.\n',
    }),
    vscode.workspace.onDidCloseTextDocument(({ uri }) => {
      if (uri.scheme === SCHEME) reports.delete(uri.query);
    }),
  );
  const report = async (good: SessionSummary, bad: SessionSummary): Promise<void> => {
    const title = `${shortId(good.id)} and ${shortId(bad.id)}`;
    const text = await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title: `Comparing ${title}` },
      () => rewind.engine.output(['bisect', good.id, bad.id, '--markdown']),
    );
    const query = `${good.id}:${bad.id}`;
    reports.set(query, text);
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/Why ${title} diverged.md`, query });
    await vscode.commands.executeCommand('markdown.showPreview', uri);
  };
  rewind.command(COMMAND.bisectSessions, async (node?: SessionNode, chosen?: readonly SessionNode[]) => {
    const [first, second] = (chosen ?? []).flatMap(each => sessionOf(each) ?? []);
    if (first && second) {
      const [good, bad] = await inOrder(first, second);
      if (good && bad) await report(good, bad);
      return;
    }
    const bad = sessionOf(node) ?? (await rewind.pickSession('Bisect: the run that went wrong'));
    const good = bad && (await rewind.pickSession(`Bisect ${sessionTitle(bad)}: a run that went well`));
    if (good) await report(good, bad);
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
