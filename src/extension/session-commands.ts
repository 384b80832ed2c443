import * as vscode from 'vscode';
import { outlineMarkdown } from '../dap/outline-text.ts';
import { sessionOutline } from '../dap/session-outline.ts';
import { RewindError } from '../errors.ts';
import type { SessionSummary } from '../sessions/session.ts';
import type { Rewind } from './context.ts';
import { COMMAND, VIEW } from './ids.ts';
import { sessionTitle, shortId } from './session-words.ts';
import type { SessionNode } from './sessions-view.ts';

const SCHEME = 'rewind-session';

/** What can be done with sessions as a whole. The engine does it; this asks and shows. */
export function sessionCommands(rewind: Rewind): void {
  rewind.keep(
    vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
      async provideTextDocumentContent(uri) {
        const { timeline } = await rewind.timelines.of(uri.query);
        return outlineMarkdown(sessionOutline(timeline, { timed: false }));
      },
    }),
  );
  rewind.command(COMMAND.showSteps, async (node?: SessionNode) => {
    const session = sessionOf(node) ?? (await rewind.pickSession('Show the steps of a session'));
    if (!session) return;
    rewind.selection.session = session.id;
    await vscode.commands.executeCommand(`${VIEW.steps}.focus`);
  });
  rewind.command(COMMAND.compareSessions, async (node?: SessionNode, chosen?: readonly SessionNode[]) => {
    const [first, second] = (chosen ?? []).flatMap(each => sessionOf(each) ?? []);
    const a = first ?? sessionOf(node) ?? (await rewind.pickSession('Compare two sessions: the first'));
    const b = a && (second ?? (await rewind.pickSession(`Compare ${sessionTitle(a)} with`, a)));
    if (a && b) await compare(...older(a, b));
  });
  rewind.command(COMMAND.exportSession, async (node?: SessionNode) => {
    const session = sessionOf(node) ?? (await rewind.pickSession('Export a session'));
    if (session) await exportSession(rewind, session);
  });
  rewind.command(COMMAND.importRecording, () => importRecordings(rewind));
  rewind.command(COMMAND.copySessionId, async (node?: SessionNode) => {
    const session = sessionOf(node) ?? (await rewind.pickSession("Copy a session's id"));
    if (session) await vscode.env.clipboard.writeText(session.id);
  });
}

export function sessionOf(node: SessionNode | undefined): SessionSummary | undefined {
  return node?.kind === 'session' ? node.session : undefined;
}

function older(a: SessionSummary, b: SessionSummary): readonly [SessionSummary, SessionSummary] {
  return a.startedAt <= b.startedAt ? [a, b] : [b, a];
}

async function compare(before: SessionSummary, after: SessionSummary): Promise<void> {
  const [left, right] = [before, after].map(({ id }) =>
    vscode.Uri.from({ scheme: SCHEME, path: `/${shortId(id)}.md`, query: id }),
  );
  const title = `${sessionTitle(before)} ${shortId(before.id)} ↔ ${shortId(after.id)}`;
  await vscode.commands.executeCommand('vscode.diff', left, right, title);
}

async function exportSession(rewind: Rewind, session: SessionSummary): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const name = `${(session.name ?? shortId(session.id)).replace(/[^\w.-]+/g, '-')}.rw`;
  const target = await vscode.window.showSaveDialog({
    title: 'Export a session',
    filters: { 'Rewind cassette': ['rw'], 'HTTP archive': ['har'] },
    ...(folder ? { defaultUri: vscode.Uri.joinPath(folder, name) } : {}),
  });
  if (!target) return;
  if (target.scheme !== 'file') {
    throw new RewindError('not-a-file', 'Sessions can be exported to files of this machine only');
  }
  const har = /\.har$/i.test(target.path) ? ['--har'] : [];
  await rewind.engine.output(['export', session.id, '--output', target.fsPath, ...har]);
  const open = 'Open';
  const chosen = await vscode.window.showInformationMessage(`Exported to ${target.fsPath}`, open);
  if (chosen === open) await vscode.commands.executeCommand('vscode.open', target);
}

async function importRecordings(rewind: Rewind): Promise<void> {
  const files = await vscode.window.showOpenDialog({
    title: 'Import recordings',
    canSelectMany: true,
    filters: { Recordings: ['rw', 'har', 'json', 'yaml', 'yml'] },
  });
  if (!files?.length) return;
  await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: 'Importing recordings' },
    () => rewind.engine.output(['import', ...files.map(({ fsPath }) => fsPath)]),
  );
  rewind.sessions.refresh();
}
