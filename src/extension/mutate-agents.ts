import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { RewindError } from '../errors.ts';
import { changeConfig } from './config-document.ts';
import type { Rewind } from './context.ts';
import { startSessionDebugging } from './debugging.ts';
import { COMMAND } from './ids.ts';
import { acceptedIn } from './mutate-accept.ts';
import { mutateHints } from './mutate-hints.ts';
import type { RecordedSite } from './mutate-known.ts';
import { MutateLines } from './mutate-lines.ts';
import { mutatePanel } from './mutate-panel.ts';
import { MutateRuns } from './mutate-runs.ts';
import { MutateStore } from './mutate-store.ts';
import { MutateTests } from './mutate-tests.ts';
import { sessionOf } from './session-commands.ts';
import type { SessionNode } from './sessions-view.ts';

/** `rewind mutate` in the editor: one last run, shown at the lines, in the Test Explorer, among the problems and as a page. */
export function mutateAgents(rewind: Rewind): void {
  const store = new MutateStore(rewind.extension.storageUri, rewind.log);
  const lines = new MutateLines(store);
  const runs = new MutateRuns(rewind, store);
  rewind.keep(runs, lines, store);

  const debug = async (id: string): Promise<void> => {
    const there = (): string | null => {
      const session = store.find(id)?.result?.session ?? null;
      rewind.sessions.refresh();
      return session !== null && rewind.sessions.find(session) ? session : null;
    };
    // A result of another machine, or of a run that was deleted, has to be seen here first.
    if (there() === null) {
      await runs.run({ ids: [id], force: true });
    }
    const session = there();
    if (session !== null) return startSessionDebugging(session);
    throw new RewindError('no-run', `${id} has no run to debug`, 'Run it again.');
  };
  const accept = async (id: string, accepted: boolean): Promise<void> => {
    const { mutation } = store;
    const result = store.find(id)?.result;
    if (!mutation || !result) return;
    const why = accepted ? await askWhy(id) : '';
    if (why === undefined) return;
    const finding = { mutant: id, verdict: result.verdict, ...(why ? { why } : {}) };
    await changeConfig(mutation.cwd, text => acceptedIn(text, finding, accepted));
    store.accept(id, accepted);
  };
  const parts = { store, lines, runs, debug, accept, export: exportAs(rewind, store) };

  mutateHints(rewind, store, lines);
  new MutateTests(rewind, parts, debug);
  const show = mutatePanel(rewind, parts);
  showProgress(rewind, runs);

  rewind.command(COMMAND.mutateSession, async (node?: SessionNode) => {
    const session =
      sessionOf(node) ?? runs.latest() ?? (await rewind.pickSession('Break the answers of a session'));
    if (!session) return;
    await runs.plan(session);
    show();
    await runs.run({});
  });
  rewind.command(COMMAND.mutatePanel, (site?: RecordedSite) => show(site));
}

const askWhy = (id: string): Thenable<string | undefined> =>
  vscode.window.showInputBox({
    title: `Accept ${id} as expected`,
    prompt: `Why is it as it should be? For those who read rewind.config.json.`,
    placeHolder: 'a chat may pass a refusal on',
  });

/** The status bar says how far a run is, wherever it was begun. */
function showProgress(rewind: Rewind, runs: MutateRuns): void {
  const item = vscode.window.createStatusBarItem('rewind.mutate', vscode.StatusBarAlignment.Left);
  item.name = 'Rewind: broken answers';
  item.command = COMMAND.mutatePanel;
  rewind.keep(
    item,
    runs.onEvent(event => {
      if (event.kind === 'ended') return item.hide();
      const { progress } = runs;
      const { done, total, leftMs } = progress ?? { done: 0, total: null, leftMs: null };
      const left = leftMs === null ? '' : ` · ${Math.ceil(leftMs / 1000)} s left`;
      item.text = total === null ? '$(beaker) unbroken runs' : `$(beaker) ${done} of ${total} broken${left}`;
      item.show();
    }),
  );
}

/** Saves the report: JSON as `--json` gives it, or Stryker's page. */
function exportAs(rewind: Rewind, store: MutateStore): (format: 'json' | 'html') => Promise<void> {
  return async format => {
    const report = store.report();
    const { mutation } = store;
    if (!report || !mutation)
      throw new RewindError('no-report', 'Nothing has run yet', 'Run the mutants first.');
    const target = await vscode.window.showSaveDialog({
      defaultUri: vscode.Uri.file(join(mutation.cwd, `mutate.${format}`)),
      filters: format === 'html' ? { 'Web page': ['html'] } : { JSON: ['json'] },
    });
    if (!target) return;
    const text = `${JSON.stringify(report, null, 2)}\n`;
    if (format === 'json') return writeFile(target.fsPath, text);
    const place = await mkdtemp(join(tmpdir(), 'rewind-report-'));
    try {
      await writeFile(join(place, 'report.json'), text);
      const words = ['mutate', '--merge', join(place, 'report.json'), '--html', target.fsPath];
      await rewind.engine.output(words, { cwd: mutation.cwd });
    } finally {
      await rm(place, { recursive: true, force: true });
    }
  };
}
