import type { FromBisectPage, ToBisectPage } from '../../webview/bisect/messages.ts';
import { markdownOf } from '../bisect/markdown.ts';
import type { NamedCause, Report } from '../bisect/report.ts';
import { RewindError } from '../errors.ts';
import type { MatchConfig } from '../tape/rules.ts';
import type { SiteFrame } from '../wire/call-site.ts';
import { type BothRuns, type RowCalls, rowCalls, rowOf } from './bisect-rows.ts';
import { ruleOf, ruleText } from './bisect-rule.ts';
import { bisectView, isTelling } from './bisect-view.ts';
import { changeViews } from './step-detail.ts';
import type { VerifiedBisects } from './verified-bisects.ts';

/** What the panel can ask of the editor and the engine. */
export interface BisectActions {
  post(message: ToBisectPage): void;
  /** Compares both runs. Rejects with what the engine says. */
  compare(): Promise<Report>;
  /** Runs both again. Null: it was stopped. */
  verify(allowEffects: boolean, signal: AbortSignal, onTrial: (what: string) => void): Promise<Report | null>;
  /** What verifying found before, in another window too. */
  readonly verified: Pick<VerifiedBisects, 'of' | 'keep'>;
  runs(): Promise<BothRuns>;
  openSite(frame: SiteFrame): Promise<void>;
  openStep(side: 'good' | 'bad', step: number): void;
  /** Both runs in the debugger, at a step of the good one. */
  debug(step: number): Promise<void>;
  copy(markdown: string): Promise<void>;
  ignore(rule: MatchConfig): Promise<void>;
  /** Takes back what `ignore` added. */
  unignore(rule: MatchConfig): Promise<void>;
  readonly trusted: boolean;
}

interface Compared {
  /** As the runs compare, unverified. */
  readonly plain: Report;
  readonly report: Report;
  readonly runs: BothRuns;
  readonly calls: readonly RowCalls[];
  readonly tried: boolean;
}

/** Answers one bisect panel. Knows no editor. */
export class BisectConversation {
  readonly #actions: BisectActions;
  #compared: Compared | null = null;
  #comparing: Promise<void> | null = null;
  #verifying: AbortController | null = null;
  #doing: string | null = null;
  /** The rule that was added last, while it is all that changed since. */
  #added: MatchConfig | null = null;

  constructor(actions: BisectActions) {
    this.#actions = actions;
  }

  /** Ends what is under way. */
  close(): void {
    this.#verifying?.abort();
  }

  /** Compares anew: what counts may have changed. */
  async refresh(): Promise<void> {
    if (this.#verifying) return;
    this.#added = null;
    this.#compared = null;
    await this.#begin();
  }

  /** What the page says is checked: it shows hostile text. */
  async take(message: FromBisectPage): Promise<void> {
    try {
      await this.#answer(message);
    } catch (error) {
      this.#complain(error);
    }
  }

  async #answer(message: FromBisectPage): Promise<void> {
    if (message.type === 'ready') return this.#begin();
    if (message.type === 'cancel') return this.#verifying?.abort();
    const compared = this.#compared;
    if (!compared) return;
    const { report } = compared;
    switch (message.type) {
      case 'pair':
        return this.#tellPair(compared, message.row);
      case 'openSite': {
        const site = causeAt(report, message.cause)?.callSite;
        if (site) await this.#actions.openSite(site);
        return;
      }
      case 'openStep': {
        const side = message.side === 'bad' ? 'bad' : 'good';
        const step = callsAt(compared, message.row)?.[side];
        if (step) this.#actions.openStep(side, step.index);
        return;
      }
      case 'verify':
        return this.#verify(compared, message.allowEffects === true);
      case 'debug': {
        const step = goodStepAt(compared, message.row);
        if (step !== null) await this.#actions.debug(step);
        return;
      }
      case 'copy':
        await this.#actions.copy(markdownOf(report));
        this.#actions.post({ type: 'told', what: 'Copied' });
        return;
      case 'ignore':
        return this.#ignore(compared, message.cause);
      case 'unignore':
        if (this.#added) await this.#actions.unignore(this.#added);
        return;
    }
  }

  /** The script begins anew whenever its tab is shown again. */
  async #begin(): Promise<void> {
    if (this.#compared) return this.#show(this.#compared);
    this.#work('Comparing the two runs');
    this.#comparing ??= this.#compare().finally(() => {
      this.#comparing = null;
    });
    await this.#comparing;
  }

  async #compare(): Promise<void> {
    try {
      const [plain, runs] = await Promise.all([this.#actions.compare(), this.#actions.runs()]);
      const verified = this.#actions.verified.of(plain);
      const report = verified ?? plain;
      this.#compared = { plain, report, runs, calls: rowCalls(report, runs), tried: verified !== null };
      this.#show(this.#compared);
    } catch (error) {
      this.#complain(error);
    } finally {
      this.#work(null);
    }
  }

  #show({ report, runs, calls, tried }: Compared): void {
    const { trusted } = this.#actions;
    this.#actions.post({
      type: 'bisect',
      view: bisectView(report, runs, calls, { tried, trusted, added: this.#added && ruleText(this.#added) }),
    });
    this.#actions.post({ type: 'working', what: this.#doing });
  }

  #tellPair(compared: Compared, row: number): void {
    const calls = callsAt(compared, row);
    if (!calls) return;
    const { good, bad } = calls;
    const changes = good && bad ? changeViews(good.call, bad.call) : null;
    const told = changes?.map(change =>
      change.words && !isTelling(change.words) ? { ...change, words: null } : change,
    );
    this.#actions.post({ type: 'pair', row, changes: told ?? null });
  }

  async #verify(compared: Compared, allowEffects: boolean): Promise<void> {
    if (this.#verifying) return;
    const stop = new AbortController();
    this.#verifying = stop;
    let outcome: string | null = null;
    this.#work('Running both again');
    try {
      const report = await this.#actions.verify(allowEffects, stop.signal, what =>
        this.#work(`Trying ${what}`),
      );
      if (!report) return;
      const { plain, runs } = compared;
      this.#compared = { plain, report, runs, calls: rowCalls(report, runs), tried: true };
      this.#show(this.#compared);
      await this.#actions.verified.keep(plain, report);
      outcome = outcomeOf(report);
    } finally {
      this.#verifying = null;
      this.#work(null);
      if (outcome !== null) this.#actions.post({ type: 'told', what: outcome });
    }
  }

  async #ignore({ report, runs, calls }: Compared, index: number): Promise<void> {
    const cause = causeAt(report, index);
    const row = cause ? rowOf(report, cause.step) : null;
    const rule = cause && row !== null ? ruleOf(cause, calls[row]!, runs) : null;
    if (!rule) return;
    await this.#actions.ignore(rule);
    // Saving the rule has begun a comparison, which forgets what was added before.
    this.#added = rule;
    if (this.#compared) this.#show(this.#compared);
  }

  #work(what: string | null): void {
    this.#doing = what;
    this.#actions.post({ type: 'working', what });
  }

  #complain(error: unknown): void {
    const known = error instanceof RewindError;
    this.#actions.post({
      type: 'problem',
      message: error instanceof Error ? error.message : String(error),
      hint: known ? error.hint || null : 'The output channel "Rewind" tells more.',
      effects: known && error.code === 'tools-with-effects',
    });
  }
}

/** What running both again has shown, in a few words; the notes have the reasons. */
function outcomeOf({ causes }: Report): string {
  const verified = causes.filter(({ status }) => status === 'VERIFIED').length;
  if (verified === 0) return 'Not verified: the notes say why';
  return verified === causes.length ? 'Verified' : `Verified ${verified} of ${causes.length} causes`;
}

const callsAt = ({ calls }: Compared, row: number): RowCalls | undefined =>
  Number.isSafeInteger(row) ? calls[row] : undefined;

/** The good run's step in a row; where only the bad run made the call, the one before it, from where it is a step away. */
function goodStepAt({ calls }: Compared, row: number): number | null {
  if (!Number.isSafeInteger(row)) return null;
  const before = calls.slice(0, row + 1).findLast(({ good }) => good !== null);
  return (before ?? calls.find(({ good }) => good !== null))?.good?.index ?? null;
}

const causeAt = ({ causes }: Report, index: number): NamedCause | undefined =>
  Number.isSafeInteger(index) ? causes[index] : undefined;
