import type { MutantResult, MutationReport } from '../report.ts';
import type { Verdict } from '../verdict.ts';

/**
 * Stryker's mutation testing report, schema 2
 * (https://github.com/stryker-mutator/mutation-testing-elements/tree/master/packages/report-schema). Its score is then
 * the share of faults that the agent handles. A file is a source file of call sites.
 */
export interface StrykerReport {
  readonly schemaVersion: '2';
  readonly thresholds: { readonly high: number; readonly low: number };
  readonly framework: { readonly name: 'rewind' };
  readonly files: Readonly<Record<string, StrykerFile>>;
}

interface StrykerFile {
  readonly language: string;
  readonly source: string;
  readonly mutants: readonly StrykerMutant[];
}

interface StrykerMutant {
  readonly id: string;
  readonly mutatorName: string;
  readonly replacement: string;
  readonly description: string;
  readonly status: 'Killed' | 'Survived' | 'Timeout' | 'Ignored' | 'RuntimeError';
  readonly statusReason: string;
  readonly duration: number;
  readonly location: { readonly start: Position; readonly end: Position };
}

interface Position {
  readonly line: number;
  readonly column: number;
}

/** A fault that the agent handled is a mutant that was noticed; hung agents did not handle theirs, so they survive too. */
const STATUS: Readonly<Record<Verdict, StrykerMutant['status']>> = {
  recovered: 'Killed',
  loud: 'Killed',
  'failed-closed': 'Killed',
  silent: 'Survived',
  unsafe: 'Survived',
  crashed: 'Survived',
  hung: 'Survived',
  unaffected: 'Ignored',
  'not-reached': 'Ignored',
  inconclusive: 'RuntimeError',
};

/** `readSource` gives a file's text, or null where it is gone; `pathOf` its name in the report. */
export function strykerReport(
  report: MutationReport,
  readSource: (file: string) => string | null,
  pathOf: (file: string) => string,
): StrykerReport {
  const byFile = Map.groupBy(report.mutants, ({ callSite }) => callSite?.file ?? '');
  const files = [...byFile].map(([file, mutants]): [string, StrykerFile] => {
    const source = (file === '' ? null : readSource(file)) ?? '';
    const lines = source.split('\n');
    const name = file === '' ? 'unknown call site' : pathOf(file);
    return [name, { language: languageOf(file), source, mutants: mutants.map(one => mutantOf(one, lines)) }];
  });
  return {
    schemaVersion: '2',
    thresholds: { high: 100, low: 80 },
    framework: { name: 'rewind' },
    files: Object.fromEntries(files),
  };
}

function mutantOf(result: MutantResult, lines: readonly string[]): StrykerMutant {
  const line = Math.max(1, result.callSite?.line ?? 1);
  const text = lines[line - 1] ?? '';
  return {
    id: result.id,
    mutatorName: result.operator,
    replacement: result.detail,
    description: result.detail,
    status: result.accepted ? 'Ignored' : STATUS[result.verdict],
    statusReason: `${result.accepted ? 'accepted, ' : ''}${result.verdict}: ${result.reason}`,
    duration: result.durationMs,
    location: {
      start: { line, column: text.length - text.trimStart().length + 1 },
      end: { line, column: text.trimEnd().length + 2 },
    },
  };
}

const LANGUAGES: Readonly<Record<string, string>> = {
  py: 'python',
  js: 'javascript',
  mjs: 'javascript',
  cjs: 'javascript',
  ts: 'typescript',
  mts: 'typescript',
  tsx: 'typescript',
  go: 'go',
};

const languageOf = (file: string): string => LANGUAGES[file.split('.').at(-1) ?? ''] ?? 'text';
