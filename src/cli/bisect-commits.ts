import { type FirstBad, firstBad, type Verdict } from '../bisect/commits.ts';
import { RewindError } from '../errors.ts';
import type { Home } from '../sessions/home.ts';
import { resolveSession } from '../sessions/resolve.ts';
import type { SessionReader } from '../sessions/session.ts';
import type { MatchRules } from '../tape/rules.ts';
import type { Runner } from '../tape/runner.ts';
import { Tape } from '../tape/tape.ts';
import { gitIn, worktree } from './workspace.ts';

export interface CommitSearch {
  readonly good: string;
  readonly bad: string;
  /** The session whose answers every commit gets. */
  readonly tape: SessionReader;
  readonly result: FirstBad;
  /** Subject lines of the candidates, by commit. */
  readonly subjects: ReadonlyMap<string, string>;
}

export interface SearchRequest {
  readonly home: Home;
  readonly runner: Runner;
  readonly test: string;
  /** Commits or sessions; at least one of them a session, or `tape` says which. */
  readonly good: string;
  readonly bad: string;
  readonly tape?: string;
  readonly rules: MatchRules;
  readonly onTested: (commit: string, verdict: Verdict) => void;
}

/** Searches the commits between two for the first one that a test finds bad, every one on the same tape. */
export async function searchCommits(request: SearchRequest): Promise<CommitSearch> {
  const { home, test, runner, rules } = request;
  const here = process.cwd();
  const [good, bad] = await Promise.all([endOf(request.good, home), endOf(request.bad, home)]);
  const tape =
    request.tape === undefined ? (good.session ?? bad.session) : resolveSession(home, request.tape);
  if (!tape)
    throw new RewindError(
      'no-tape',
      'Two commits, and no session to answer them',
      'Name one with --tape <session>.',
    );
  const list = await gitIn(here, [
    'rev-list',
    '--reverse',
    '--ancestry-path',
    `${good.commit}..${bad.commit}`,
  ]);
  const commits = (list ?? '').split('\n').filter(Boolean);
  if (commits.length === 0) {
    throw new RewindError(
      'no-commits-between',
      `${request.bad} does not come after ${request.good}`,
      'Give the older commit as --good.',
    );
  }
  const judge = async (commit: string): Promise<Verdict> => {
    const folder = await worktree(here, commit);
    try {
      const { exitCode, exitSignal } = await runner.run({
        command: ['/bin/sh', '-c', test],
        cwd: folder.path,
        responder: new Tape(tape, { rules }),
        stdio: 'capture',
        parent: { session: tape.start.id },
      });
      const verdict = verdictOf(exitCode, exitSignal);
      request.onTested(commit, verdict);
      return verdict;
    } finally {
      await folder.dispose();
    }
  };
  await check(good.commit, 'good', judge);
  await check(bad.commit, 'bad', judge);
  const result = await firstBad(commits, judge);
  const subjects = new Map<string, string>();
  for (const commit of result.candidates) {
    subjects.set(commit, (await gitIn(here, ['log', '-1', '--format=%s', commit])) ?? '');
  }
  return { good: good.commit, bad: bad.commit, tape, result, subjects };
}

/** As `git bisect run`: 0 is good, 125 cannot be tested, up to 127 is bad; anything else ends the search. */
function verdictOf(code: number | null, signal: string | null): Verdict {
  if (code === 0) return 'good';
  if (code === 125) return 'skip';
  if (code !== null && code <= 127) return 'bad';
  throw new RewindError(
    'test-broke',
    `The test ended with ${signal ?? `exit code ${code}`}`,
    '0 is good, 1 to 127 bad, 125 skips a commit.',
  );
}

async function check(
  commit: string,
  expected: 'good' | 'bad',
  judge: (commit: string) => Promise<Verdict>,
): Promise<void> {
  const verdict = await judge(commit);
  if (verdict === expected) return;
  const short = commit.slice(0, 10);
  if (verdict === 'skip') {
    throw new RewindError(
      'end-untestable',
      `The test cannot tell of ${short}, the ${expected} end: it exits with 125`,
      'The search needs a good and a bad commit that can be tested: give others, or check the test.',
    );
  }
  throw new RewindError(
    'ends-disagree',
    `The test finds ${short} ${verdict}, not ${expected}`,
    'On this tape the test does not tell the two apart: check the test, or take the tape of the other run with --tape.',
  );
}

async function endOf(
  ref: string,
  home: Home,
): Promise<{ readonly commit: string; readonly session?: SessionReader }> {
  const commit = await gitIn(process.cwd(), ['rev-parse', '--verify', '--quiet', `${ref}^{commit}`]);
  if (commit) return { commit };
  const session = resolveSession(home, ref);
  if (session.start.git) return { commit: session.start.git.commit, session };
  throw new RewindError(
    'no-commit',
    `Session ${session.start.id.slice(0, 8)} does not say which commit it ran`,
    'Give a commit instead.',
  );
}
