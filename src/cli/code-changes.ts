import { execFile } from 'node:child_process';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import type { NamedCause, Report } from '../bisect/report.ts';
import type { SessionReader } from '../sessions/session.ts';

/** Lines of one change that are shown. */
const LINES = 12;
/** Changes of a file that are shown: those nearest to the call. */
const HUNKS = 2;
/** Characters of a line that is looked for in the history: a shorter one is anywhere, a longer one was put together. */
const SEARCHED = { least: 6, most: 500 };

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
      const origin = await originOf(cause, from, to);
      const facts = await changesAt(cause.callSite, from, to, origin.length > 0);
      return origin.length + facts.length === 0 ? cause : withFacts(cause, [...origin, ...facts, ...unknown]);
    }),
  );
  return { ...report, causes };
}

const withFacts = (cause: NamedCause, facts: readonly string[]): NamedCause => ({
  ...cause,
  evidence: { ...cause.evidence, facts: [...cause.evidence.facts, ...facts] },
});

/** The commit that brought the words which the bad run has and the good one has not, wherever in the repository they stand. */
async function originOf(
  { evidence: { good, bad }, callSite }: NamedCause,
  from: string,
  to: string,
): Promise<readonly string[]> {
  const words = newWords(good, bad);
  if (!callSite || words === null) return [];
  const cwd = dirname(callSite.file);
  const log = await git(cwd, ['log', '--format=%h %s', '-3', `-S${words}`, `${from}..${to}`, '--', ':/']);
  if (log === '') return [];
  const diff = await git(cwd, ['diff', '--unified=0', '--no-color', `-S${words}`, from, to, '--', ':/']);
  const places = diff.split(/^(?=diff --git )/m).flatMap(file => {
    const name = /^\+\+\+ b\/(.*)$/m.exec(file)?.[1];
    const hunk = hunks(file).find(({ text }) => text.includes(words));
    return name && hunk ? [`In ${name}:${hunk.start}:\n${indented(hunk.text)}`] : [];
  });
  return [`Commits that brought it:\n${indented(log)}`, ...places.slice(0, HUNKS)];
}

/** The longest line that only the bad text has; null where none is long enough to be looked for in code. */
function newWords(good: string | null, bad: string | null): string | null {
  const known = new Set((good ?? '').split('\n').map(line => line.trim()));
  const lines = (bad ?? '').split('\n').map(line => line.trim());
  const longest = lines.filter(line => !known.has(line)).toSorted((a, b) => b.length - a.length)[0] ?? '';
  return longest.length >= SEARCHED.least && longest.length <= SEARCHED.most ? longest : null;
}

async function changesAt(
  { file, line }: { readonly file: string; readonly line: number },
  from: string,
  to: string,
  explained: boolean,
): Promise<readonly string[]> {
  const cwd = dirname(file);
  const log = await git(cwd, ['log', '--format=%h %s', '-10', `${from}..${to}`, '--', file]);
  if (log === '' && explained) return [];
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
          .filter(text => !text.startsWith('\\'))
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
