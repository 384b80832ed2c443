import * as vscode from 'vscode';
import type { Rewind } from './context.ts';
import { COMMAND, SETTING } from './ids.ts';
import type { MutateLines } from './mutate-lines.ts';
import { soon } from './mutate-soon.ts';
import type { MutateStore } from './mutate-store.ts';
import { isSurvivor, verdictTitle } from './mutate-words.ts';

const FILES: vscode.DocumentSelector = { scheme: 'file' };
/** Survivors that one problem names. */
const NAMED = 6;

/** What broken answers came to, above the lines that asked for them, and survivors among the problems. */
export function mutateHints(rewind: Rewind, store: MutateStore, lines: MutateLines): void {
  const { settings } = rewind;
  const lensChanged = new vscode.EventEmitter<void>();
  const problems = vscode.languages.createDiagnosticCollection('rewind');
  const again = soon(() => {
    lensChanged.fire();
    tellProblems(rewind, store, lines, problems);
  });
  rewind.keep(
    lensChanged,
    problems,
    again,
    store.onChange(again),
    lines.onChange(again),
    settings.onChange(SETTING.codeLens, again),
    settings.onChange(SETTING.mutateDiagnostics, again),
    vscode.languages.registerCodeLensProvider(FILES, {
      onDidChangeCodeLenses: lensChanged.event,
      provideCodeLenses(document) {
        if (!settings.codeLens) return [];
        return [...store.sitesOf(document.uri.fsPath)].flatMap(([recorded, mutants]) => {
          const site = { file: document.uri.fsPath, line: recorded };
          const { line, state } = lines.at(site, mutants);
          const results = mutants.flatMap(({ result }) => (result ? [result] : []));
          if (state === 'gone' || line > document.lineCount || results.length === 0) return [];
          const old = state === 'edited' ? ' · before the last edits' : '';
          return [
            new vscode.CodeLens(new vscode.Range(line - 1, 0, line - 1, 0), {
              title: `$(beaker) ${verdictTitle(results)}${old}`,
              tooltip: 'Rewind: what the agent makes of broken answers to this call',
              command: COMMAND.mutatePanel,
              arguments: [site],
            }),
          ];
        });
      },
    }),
  );
  again();
}

/** One problem a line and verdict: a line with thirty faults stays readable. */
function tellProblems(
  { settings }: Rewind,
  store: MutateStore,
  lines: MutateLines,
  problems: vscode.DiagnosticCollection,
): void {
  problems.clear();
  const severity = {
    off: null,
    hint: vscode.DiagnosticSeverity.Hint,
    warning: vscode.DiagnosticSeverity.Warning,
  }[settings.mutateDiagnostics];
  if (severity === null) return;
  const found = (store.mutation?.mutants ?? []).filter(({ result }) => result && isSurvivor(result));
  const files = Map.groupBy(found, ({ callSite }) => callSite?.file ?? '');
  for (const [file, mutants] of files) {
    if (file === '') continue;
    const bySite = Map.groupBy(mutants, ({ callSite, result }) => `${callSite!.line} ${result!.verdict}`);
    problems.set(
      vscode.Uri.file(file),
      [...bySite.values()].flatMap(here => {
        const { line, state } = lines.at(here[0]!.callSite!, here);
        if (state === 'gone') return [];
        const { verdict } = here[0]!.result!;
        const names = here.slice(0, NAMED).map(({ id, result }) => `${id}: ${result!.reason}`);
        const rest = here.length > NAMED ? [`and ${here.length - NAMED} more`] : [];
        const what =
          verdict === 'unsafe' ? 'broken answers do harm here' : 'broken answers go unnoticed here';
        const count =
          here.length === 1
            ? what.replace('answers do', 'answer does').replace('answers go', 'answer goes')
            : what;
        const old = state === 'edited' ? ' (before the last edits)' : '';
        const range = new vscode.Range(line - 1, 0, line - 1, Number.MAX_SAFE_INTEGER);
        const message = [`${here.length} ${count}${old}`, ...names, ...rest].join('\n');
        const problem = new vscode.Diagnostic(range, message, severity);
        problem.source = 'rewind mutate';
        problem.code = verdict;
        return [problem];
      }),
    );
  }
}
