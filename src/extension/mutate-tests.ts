import * as vscode from 'vscode';
import { RewindError } from '../errors.ts';
import type { MutantResult } from '../mutate/report.ts';
import { HANDLED } from '../mutate/verdict.ts';
import type { Rewind } from './context.ts';
import { runText } from './mutate-evidence.ts';
import { type KnownMutant, siteKey } from './mutate-known.ts';
import type { MutateLines } from './mutate-lines.ts';
import type { MutateRuns } from './mutate-runs.ts';
import { soon } from './mutate-soon.ts';
import type { MutateStore } from './mutate-store.ts';
import { isFinding } from './mutate-words.ts';

const CONTROLLER = 'rewind.mutate';

/** Mutants in the Test Explorer: file, call site, mutant. A handled fault passes, an unhandled one fails. */
export class MutateTests {
  readonly #rewind: Rewind;
  readonly #store: MutateStore;
  readonly #lines: MutateLines;
  readonly #runs: MutateRuns;
  readonly #controller: vscode.TestController;
  readonly #items = new Map<string, vscode.TestItem>();
  #shown = '';
  /** Whether the Test Explorer has asked; nothing is planned before. */
  #opened = false;
  #run: vscode.TestRun | null = null;
  /** The request of a run that the Test Explorer asked for. */
  #request: { readonly request: vscode.TestRunRequest; readonly token: vscode.CancellationToken } | null =
    null;
  #telling: Promise<void> = Promise.resolve();

  constructor(
    rewind: Rewind,
    { store, lines, runs }: { store: MutateStore; lines: MutateLines; runs: MutateRuns },
    debug: (id: string) => Promise<void>,
  ) {
    this.#rewind = rewind;
    this.#store = store;
    this.#lines = lines;
    this.#runs = runs;
    this.#controller = vscode.tests.createTestController(CONTROLLER, 'Rewind: broken answers');
    this.#controller.refreshHandler = () => this.#guarded(() => this.#planLatest());
    this.#controller.resolveHandler = async item => {
      if (item) return;
      this.#opened = true;
      await this.#planFirst();
    };
    this.#controller.createRunProfile(
      'Break the answers',
      vscode.TestRunProfileKind.Run,
      (request, token) => this.#guarded(() => this.#runAsked(request, token)),
      true,
    );
    this.#controller.createRunProfile('Debug at the fault', vscode.TestRunProfileKind.Debug, request =>
      this.#guarded(async () => {
        const [id] = this.#idsOf(request);
        if (id !== undefined) await debug(id);
      }),
    );
    const again = soon(() => this.#show());
    rewind.keep(
      this.#controller,
      again,
      store.onChange(again),
      rewind.sessions.onChange(() => void this.#planFirst()),
      lines.onChange(() => this.#move()),
      runs.onEvent(event => {
        if (event.kind === 'begun') this.#begin(event.ids, event.stop);
        else if (event.kind === 'result') this.#tell(event.result);
        else if (event.kind === 'ended') this.#end();
      }),
    );
    this.#show();
  }

  /** What can be broken, as soon as there is a recording. Asked for by nobody: a failure goes to the log. */
  async #planFirst(): Promise<void> {
    const session = this.#opened && !this.#store.mutation ? this.#runs.latest() : undefined;
    if (!session) return;
    this.#opened = false;
    await this.#runs
      .plan(session)
      .catch(error => this.#rewind.log.warn(`no plan of ${session.id}: ${String(error)}`));
  }

  async #planLatest(): Promise<void> {
    const session = this.#runs.latest();
    if (session) return this.#runs.plan(session);
    throw new RewindError(
      'no-recording',
      'No agent of this folder is recorded yet',
      'Put `rewind record` in front of its command.',
    );
  }

  async #runAsked(request: vscode.TestRunRequest, token: vscode.CancellationToken): Promise<void> {
    if (!this.#store.mutation) await this.#planLatest();
    this.#show();
    const ids = this.#idsOf(request);
    if (ids.length === 0) return;
    const whole = request.include === undefined && (request.exclude?.length ?? 0) === 0;
    this.#request = { request, token };
    try {
      // Who asks for a mutant by name has a reason to: it is run also where an earlier result is known.
      await this.#runs.run(whole ? {} : { ids, force: true });
    } finally {
      this.#request = null;
    }
  }

  #idsOf({ include, exclude }: vscode.TestRunRequest): readonly string[] {
    const without = new Set(exclude?.flatMap(item => [...leaves(item)]));
    const roots = include ?? [...this.#controller.items].map(([, item]) => item);
    const ids = roots.flatMap(item => [...leaves(item)]).filter(id => !without.has(id));
    return [...new Set(ids)].filter(id => this.#store.find(id));
  }

  #begin(ids: readonly string[], stop: () => void): void {
    this.#show();
    const items = ids.flatMap(id => this.#items.get(id) ?? []);
    const request = this.#request?.request ?? new vscode.TestRunRequest(items);
    const run = this.#controller.createTestRun(request, 'Broken answers');
    this.#run = run;
    run.token.onCancellationRequested(stop);
    this.#request?.token.onCancellationRequested(stop);
    for (const item of items) run.enqueued(item);
    run.appendOutput('The agent runs unbroken first, three times.\r\n');
  }

  /** One after the other: a failure is told with what both runs did, which has to be read. */
  #tell(result: MutantResult): void {
    const run = this.#run;
    const item = this.#items.get(result.id);
    if (!run || !item) return;
    this.#telling = this.#telling.then(async () => {
      run.appendOutput(
        `${result.verdict.padEnd(13)} ${result.id}: ${result.reason.replaceAll('\n', ' ')}\r\n`,
      );
      if (isFinding(result)) run.failed(item, await this.#message(result), result.durationMs);
      else if (HANDLED.has(result.verdict) || result.accepted) run.passed(item, result.durationMs);
      else run.skipped(item);
    });
  }

  async #message(result: MutantResult): Promise<vscode.TestMessage> {
    const text = `${result.verdict}: ${result.reason}`;
    const { timelines, log } = this.#rewind;
    const source = this.#store.mutation?.source;
    if (result.session === null || source === undefined) return new vscode.TestMessage(text);
    try {
      const [whole, broken] = await Promise.all([timelines.of(source), timelines.glance(result.session)]);
      return vscode.TestMessage.diff(text, runText(whole.timeline), runText(broken.timeline));
    } catch (error) {
      log.warn(`${result.id} without its comparison: ${String(error)}`);
      return new vscode.TestMessage(text);
    }
  }

  #end(): void {
    const run = this.#run;
    this.#run = null;
    this.#telling = this.#telling.then(() => run?.end());
  }

  /** The tree anew where the plan is another. */
  #show(): void {
    const mutants = this.#store.mutation?.mutants ?? [];
    const shape = `${this.#store.mutation?.source} ${mutants.length} ${mutants[0]?.id} ${mutants.at(-1)?.id}`;
    if (shape !== this.#shown) {
      this.#shown = shape;
      this.#items.clear();
      const files = Map.groupBy(mutants, ({ callSite }) => callSite?.file ?? '');
      this.#controller.items.replace([...files].map(([file, inFile]) => this.#fileItem(file, inFile)));
    }
    this.#move();
  }

  #fileItem(file: string, mutants: readonly KnownMutant[]): vscode.TestItem {
    const name = file === '' ? 'no call site known' : vscode.workspace.asRelativePath(file);
    const item = this.#controller.createTestItem(`file ${file}`, name, uriOf(file));
    const sites = Map.groupBy(mutants, ({ callSite }) => siteKey(callSite));
    item.children.replace([...sites].map(([key, here]) => this.#siteItem(key, here)));
    return item;
  }

  #siteItem(key: string, mutants: readonly KnownMutant[]): vscode.TestItem {
    const { callSite } = mutants[0]!;
    const item = this.#controller.createTestItem(
      `site ${key}`,
      callSite ? `line ${callSite.line}` : 'calls',
      uriOf(callSite?.file ?? ''),
    );
    item.sortText = String(callSite?.line ?? 0).padStart(8, '0');
    item.children.replace(
      mutants.map(mutant => {
        const leaf = this.#controller.createTestItem(mutant.id, mutant.id, uriOf(callSite?.file ?? ''));
        leaf.description = mutant.summary;
        leaf.sortText = `${String(mutant.step).padStart(8, '0')} ${mutant.id}`;
        this.#items.set(mutant.id, leaf);
        return leaf;
      }),
    );
    return item;
  }

  /** Lines follow the edits; what was run on other code says so. */
  #move(): void {
    for (const [, file] of this.#controller.items) {
      for (const [, item] of file.children) {
        const mutants = [...leaves(item)].flatMap(id => this.#store.find(id) ?? []);
        const { callSite } = mutants[0] ?? {};
        if (!callSite) continue;
        const { line, state } = this.#lines.at(callSite, mutants);
        const source = this.#lines.linesOf(callSite.file)[line - 1]?.trim() ?? '';
        item.label = `line ${line}`;
        item.description = {
          same: source,
          edited: `${source} (results before the last edits)`,
          gone: 'no longer there',
        }[state];
        const at = state === 'gone' ? undefined : new vscode.Range(line - 1, 0, line - 1, 0);
        // The mutants too: the mark in the gutter is the gravest of its tests, and a call site's own that of the last run.
        for (const each of [item, ...[...item.children].map(([, leaf]) => leaf)])
          if (at ? !each.range?.isEqual(at) : each.range) each.range = at;
        if (state !== 'same' && !this.#run) this.#controller.invalidateTestResults(item);
      }
    }
  }

  async #guarded(run: () => Promise<void>): Promise<void> {
    try {
      await run();
    } catch (error) {
      this.#rewind.tell(error);
    }
  }
}

/** Ids of the mutants under an item, itself if it is one. */
function* leaves(item: vscode.TestItem): Generator<string> {
  if (item.children.size === 0) yield item.id;
  for (const [, child] of item.children) yield* leaves(child);
}

const uriOf = (file: string): vscode.Uri | undefined => (file === '' ? undefined : vscode.Uri.file(file));
