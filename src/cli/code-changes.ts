import { execFile } from 'node:child_process';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import type { NamedCause, Report } from '../bisect/report.ts';
import type { SessionReader } from '../sessions/session.ts';

/** Lines of one change that are shown. */
const LINES = 12;
/** Changes of a file that are shown: those nearest to the call. */
const HUNKS = 2;

interface Hunk {
  readonly start: number;
  readonly length: number;
  readonly text: string;
}

/**
 * The report with what git knows of the causes that the agent's code may have: commits between the two runs that touched
 * the file of the call, and the changed lines nearest to it. As it is where there is no repository, or both ran one commit.
 */
export async function withCodeChanges(
  report: Report,
  good: SessionReader,
  bad: SessionReader,
): Promise<Report> {
  const [from, to] = [good.start.git?.commit, bad.start.git?.commit];
  if (from === undefined || to === undefined || from === to) return report;
  const dirty = [good, bad].flatMap(({ start }, i) => (start.git?.dirty ? [i === 0 ? 'good' : 'bad'] : []));
  const unknown =
    dirty.length > 0
      ? [`On top of its commit, ${dirty.join(' and ')} ran with changes that are not recorded.`]
      : [];
  const causes = await Promise.all(
    report.causes.map(async cause => {
      if (cause.family === 'provider' || !cause.callSite) return cause;
      const facts = await changesAt(cause.callSite, from, to);
      return facts.length === 0 ? cause : withFacts(cause, [...facts, ...unknown]);
    }),
  );
  return { ...report, causes };
}

const withFacts = (cause: NamedCause, facts: readonly string[]): NamedCause => ({
  ...cause,
  evidence: { ...cause.evidence, facts: [...cause.evidence.facts, ...facts] },
});

async function changesAt(
  { file, line }: { readonly file: string; readonly line: number },
  from: string,
  to: string,
): Promise<readonly string[]> {
  const cwd = dirname(file);
  const log = await git(cwd, ['log', '--format=%h %s', '-10', `${from}..${to}`, '--', file]);
  if (log === '') {
    const others = await git(cwd, ['log', '--format=%h %s', '-5', `${from}..${to}`]);
    return others === ''
      ? []
      : [`The file was not touched in between; the last commits to others:\n${indented(others)}`];
  }
  const diff = await git(cwd, ['diff', '--unified=0', '--no-color', from, to, '--', file]);
  const far = ({ start, length }: Hunk): number => Math.max(start - line, line - start - length, 0);
  const nearest = hunks(diff)
    .toSorted((a, b) => far(a) - far(b))
    .slice(0, HUNKS);
  return [
    `Commits that touched the file in between:\n${indented(log)}`,
    ...(nearest.length > 0
      ? [`What they changed in it:\n${indented(nearest.map(({ text }) => text).join('\n'))}`]
      : []),
  ];
}

function hunks(diff: string): readonly Hunk[] {
  return diff
    .split(/^(?=@@ )/m)
    .filter(part => part.startsWith('@@ '))
    .map(part => {
      const [, start = '0', length = '1'] = /^@@ -\S+ \+(\d+)(?:,(\d+))? @@/.exec(part) ?? [];
      return {
        start: Number(start),
        length: Number(length),
        text: part
          .split('\n')
          .slice(1, LINES + 1)
          .join('\n')
          .trimEnd(),
      };
    });
}

const indented = (text: string): string => text.trimEnd().replace(/^/gm, '  ');

/** Empty where git is not there, the folder is no repository, or a commit is not known. */
async function git(cwd: string, args: readonly string[]): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)('git', [...args], {
      cwd,
      timeout: 5_000,
      maxBuffer: 16 * 1024 * 1024,
    });
    return stdout;
  } catch {
    return '';
  }
}
