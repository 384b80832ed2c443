import * as vscode from 'vscode';
import { markdownText } from '../dap/hostile-text.ts';
import type { SessionSummary } from '../sessions/session.ts';
import type { Rewind } from './context.ts';
import { COMMAND, CONTEXT, VIEW } from './ids.ts';
import type { Recording } from './recordings.ts';
import { FILTER_HELP, parseFilter, type SessionFilter } from './session-filter.ts';
import {
  clock,
  dayOf,
  dayTitle,
  failed,
  sessionDetails,
  sessionFacts,
  sessionTitle,
} from './session-words.ts';

export type SessionNode =
  | { readonly kind: 'recording'; readonly recording: Recording }
  | { readonly kind: 'day'; readonly day: string; readonly sessions: readonly SessionSummary[] }
  | { readonly kind: 'session'; readonly session: SessionSummary }
  | { readonly kind: 'more'; readonly day: string; readonly rest: number };

/** So many sessions of a day are shown before the rest is asked for. */
const PAGE = 200;

/** The list of sessions, by day. */
class SessionTree implements vscode.TreeDataProvider<SessionNode> {
  readonly #changed = new vscode.EventEmitter<SessionNode | undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #rewind: Rewind;
  readonly #shown = new Map<string, number>();
  #days: readonly (SessionNode & { kind: 'day' })[] = [];
  filter: SessionFilter | undefined;

  constructor(rewind: Rewind) {
    this.#rewind = rewind;
  }

  refresh(): void {
    this.#changed.fire(undefined);
  }

  showMore(day: string): void {
    this.#shown.set(day, (this.#shown.get(day) ?? PAGE) + 5 * PAGE);
    this.refresh();
  }

  getChildren(node?: SessionNode): SessionNode[] {
    if (!node) {
      const recordings = this.#rewind.recordings.all.map(
        recording => ({ kind: 'recording', recording }) as const,
      );
      return [...recordings, ...this.#readDays()];
    }
    if (node.kind !== 'day') return [];
    const shown = this.#shown.get(node.day) ?? PAGE;
    const sessions = node.sessions.slice(0, shown).map(session => ({ kind: 'session', session }) as const);
    const rest = node.sessions.length - sessions.length;
    return rest > 0 ? [...sessions, { kind: 'more', day: node.day, rest }] : sessions;
  }

  getParent(node: SessionNode): SessionNode | undefined {
    if (node.kind !== 'session') return undefined;
    const day = dayOf(node.session.startedAt);
    return this.#days.find(each => each.day === day);
  }

  getTreeItem(node: SessionNode): vscode.TreeItem {
    switch (node.kind) {
      case 'recording':
        return recordingItem(node.recording);
      case 'day':
        return dayItem(node.day, node.sessions, node === this.#days[0]);
      case 'session':
        return sessionItem(node.session);
      case 'more':
        return moreItem(node);
    }
  }

  /** Made anew for each list; a session keeps its id, so that the editor keeps its place and selection. */
  #readDays(): readonly (SessionNode & { kind: 'day' })[] {
    const { filter } = this;
    const days = new Map<string, SessionSummary[]>();
    for (const session of this.#rewind.sessions.all) {
      if (filter && !filter(session)) continue;
      const day = dayOf(session.startedAt);
      const known = days.get(day);
      if (known) known.push(session);
      else days.set(day, [session]);
    }
    this.#days = [...days].map(([day, sessions]) => ({ kind: 'day', day, sessions }));
    return this.#days;
  }
}

export function sessionsView(rewind: Rewind): void {
  const tree = new SessionTree(rewind);
  const view = vscode.window.createTreeView(VIEW.sessions, {
    treeDataProvider: tree,
    canSelectMany: true,
    showCollapseAll: true,
  });
  let typed = '';
  const setFilter = (text: string): void => {
    const filter = parseFilter(text);
    if (typeof filter !== 'function') return;
    typed = text.trim();
    tree.filter = typed === '' ? undefined : filter;
    view.description = typed;
    void vscode.commands.executeCommand('setContext', CONTEXT.filtered, typed !== '');
    tree.refresh();
  };
  /** Selects the session whose steps are shown, so that a click on any other row is one that the editor tells of. */
  const mark = async (): Promise<void> => {
    const id = rewind.selection.session;
    if (id === undefined || !view.visible || view.selection.some(node => sessionIn(node) === id)) return;
    const recording = rewind.recordings.all.find(live => live.id === id);
    const session = rewind.sessions.find(id);
    const node: SessionNode | undefined = recording
      ? { kind: 'recording', recording }
      : session && { kind: 'session', session };
    try {
      if (node) await view.reveal(node, { select: true, focus: false });
    } catch (error) {
      // It is filtered out, or among those that are not shown yet.
      rewind.log.debug(`row of session ${id}: ${String(error)}`);
    }
  };
  rewind.keep(
    view,
    rewind.selection.onChange(() => void mark()),
    view.onDidChangeVisibility(() => void mark()),
    rewind.sessions.onChange(() => tree.refresh()),
    rewind.recordings.onChange(() => tree.refresh()),
    view.onDidChangeSelection(({ selection }) => {
      const [first] = selection;
      if (selection.length === 1 && first?.kind === 'session') rewind.selection.session = first.session.id;
    }),
  );
  rewind.command(COMMAND.refreshSessions, () => rewind.sessions.refresh());
  rewind.command(COMMAND.showMore, (day: string) => tree.showMore(day));
  rewind.command(COMMAND.clearFilter, () => setFilter(''));
  rewind.command(COMMAND.filterSessions, async () => {
    const text = await vscode.window.showInputBox({
      title: 'Filter sessions',
      prompt: FILTER_HELP,
      placeHolder: 'refund model:gpt-4* cost>0.01',
      value: typed,
      validateInput: value => {
        const read = parseFilter(value);
        return typeof read === 'function' ? undefined : read.problem;
      },
    });
    if (text !== undefined) setFilter(text);
  });
}

function sessionIn(node: SessionNode): string | undefined {
  if (node.kind === 'session') return node.session.id;
  return node.kind === 'recording' ? node.recording.id : undefined;
}

function dayItem(day: string, sessions: readonly SessionSummary[], open: boolean): vscode.TreeItem {
  const { Collapsed, Expanded } = vscode.TreeItemCollapsibleState;
  const item = new vscode.TreeItem(dayTitle(day, Date.now()), open ? Expanded : Collapsed);
  item.id = `day:${day}`;
  item.description = String(sessions.length);
  item.contextValue = 'day';
  return item;
}

function sessionItem(session: SessionSummary): vscode.TreeItem {
  const item = new vscode.TreeItem(sessionTitle(session));
  item.id = session.id;
  const facts = `${session.sealed ? '' : 'cut off · '}${sessionFacts(session)}`;
  item.description = `${facts} · ${clock(session.startedAt)}`;
  item.iconPath = sessionIcon(session);
  item.contextValue = session.command.length > 0 ? 'session.runnable' : 'session';
  const rows = sessionDetails(session).map(([name, value]) => `**${name}**: ${markdownText(value)}`);
  item.tooltip = new vscode.MarkdownString(`${markdownText(sessionTitle(session))}\n\n${rows.join('  \n')}`);
  item.accessibilityInformation = {
    label: `Session ${sessionTitle(session)}, ${facts}${failed(session) ? ', failed' : ''}`,
  };
  return item;
}

function sessionIcon(session: SessionSummary): vscode.ThemeIcon {
  if (failed(session)) return new vscode.ThemeIcon('error', new vscode.ThemeColor('testing.iconFailed'));
  if (!session.sealed)
    return new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'));
  const icons = { replay: 'debug-restart', fork: 'git-branch', import: 'cloud-download' } as const;
  const icon = Object.hasOwn(icons, session.mode) ? icons[session.mode as keyof typeof icons] : undefined;
  return icon
    ? new vscode.ThemeIcon(icon)
    : new vscode.ThemeIcon('pass', new vscode.ThemeColor('testing.iconPassed'));
}

function recordingItem({ id, summary }: Recording): vscode.TreeItem {
  const item = new vscode.TreeItem(sessionTitle(summary));
  item.id = `recording:${id}`;
  item.description = `recording · ${sessionFacts(summary)}`;
  item.iconPath = new vscode.ThemeIcon('record', new vscode.ThemeColor('debugIcon.breakpointForeground'));
  item.contextValue = 'recording';
  return item;
}

function moreItem({ day, rest }: { readonly day: string; readonly rest: number }): vscode.TreeItem {
  const item = new vscode.TreeItem(`${rest} more …`);
  item.id = `more:${day}`;
  item.command = { command: COMMAND.showMore, title: 'Show more', arguments: [day] };
  return item;
}
