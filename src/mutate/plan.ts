import { hash } from 'node:crypto';
import { RewindError } from '../errors.ts';
import { editableAnswer } from '../providers/editing/editable-answer.ts';
import { shapeOf } from '../providers/editing/shapes.ts';
import { readCall } from '../providers/read-call.ts';
import type { SessionReader, ToolRun } from '../sessions/session.ts';
import { type CallStep, type Timeline, timelineOf } from '../timeline/timeline.ts';
import { parseCallSite } from '../wire/call-site.ts';
import { decodeBody } from '../wire/content-coding.ts';
import { type Answer, answerBody, type Exchange } from '../wire/exchange.ts';
import { header } from '../wire/headers.ts';
import type { Mutant } from './mutant.ts';
import type { Fault, Operator, Target } from './operator.ts';

export interface PlanOptions {
  readonly operators: readonly Operator[];
  /** Ids of operators, or families; all where absent. */
  readonly only?: readonly string[];
  /** Index of the one step to break. */
  readonly step?: number;
}

/** Every mutant of a recording, the most telling first. The same recording and operators give the same plan. */
export function planMutants(session: SessionReader, options: PlanOptions): readonly Mutant[] {
  const operators = chosen(options.operators, options.only);
  const timeline = timelineOf(session);
  const mutants = targetsOf(session, timeline)
    .filter(({ step }) => options.step === undefined || step === options.step)
    .flatMap(found => mutantsOf(found, operators, session.tools));
  return mostTellingFirst(mutants);
}

/** By priority; within one, every step's first mutant before any step's second, broken answers before plain errors. */
function mostTellingFirst(mutants: readonly Mutant[]): readonly Mutant[] {
  const isError = ({ family }: Mutant): number => (family === 'provider' ? 1 : 0);
  const ranks = new Map<Mutant, number>();
  for (const group of Map.groupBy(mutants, ({ step, priority }) => `${step} ${priority}`).values()) {
    for (const [rank, mutant] of group.toSorted((a, b) => isError(a) - isError(b)).entries())
      ranks.set(mutant, rank);
  }
  const rank = (mutant: Mutant): number => ranks.get(mutant)!;
  return mutants.toSorted((a, b) => b.priority - a.priority || rank(a) - rank(b) || a.step - b.step);
}

interface Found {
  /** Step index; for an HTTP tool's exchange, the index of the call step it came after. */
  readonly step: number;
  readonly site?: string;
  readonly target: Target;
}

function targetsOf(session: SessionReader, timeline: Timeline): readonly Found[] {
  const hosts = session.start.extraHosts ?? [];
  const calls = timeline.steps.filter(step => step.kind === 'call');
  return [
    ...calls.flatMap((step): Found[] => {
      const exchange = session.exchange(step.seq);
      // What failed while recording is no good answer to break.
      if (step.error || exchange.answer.end.kind !== 'complete') return [];
      const call = readCall(exchange, hosts);
      if (!call || (call.operation !== 'chat' && call.operation !== 'text_completion')) return [];
      const body = editableAnswer(exchange.answer);
      const target = {
        exchange,
        call,
        shape: shapeOf(call.dialect, body),
        body,
        earlier: [],
        siblings: [],
        previous: previousOf(session, calls, step, hosts),
      };
      return [{ step: step.index, target, ...(step.site === undefined ? {} : { site: step.site }) }];
    }),
    ...timeline.others.map(seq => toolTarget(session, calls, seq, timeline.others)),
    ...timeline.steps.flatMap((step): Found[] => {
      const from = timeline.steps[step.kind === 'tool' ? step.from : 0];
      // A tool that speaks HTTP (MCP) is broken where it answers: among the others.
      if (step.kind !== 'tool' || !step.run || !session.tools.includes(step.run) || from?.kind !== 'call')
        return [];
      const { run } = step;
      const exchange = session.exchange(from.seq);
      const target = {
        exchange,
        call: null,
        run,
        shape: null,
        body: null,
        earlier: [],
        siblings: [],
        previous: null,
      };
      return [{ step: step.index, target, ...(run.site === undefined ? {} : { site: run.site }) }];
    }),
  ];
}

function toolTarget(
  session: SessionReader,
  calls: readonly CallStep[],
  seq: number,
  others: readonly number[],
): Found {
  const exchange = session.exchange(seq);
  const { site } = exchange;
  const before = calls.findLast(call => call.seq < seq);
  const service = serviceOf(exchange);
  const siblings = others
    .filter(other => other !== seq)
    .map(other => session.exchange(other))
    .filter(other => serviceOf(other) === service && other.answer.end.kind === 'complete');
  const earlier = siblings.filter(other => other.seq < seq).map(({ answer }) => answer);
  const body = editableAnswer(exchange.answer);
  const target = { exchange, call: null, shape: null, body, earlier, siblings, previous: null };
  return { step: before?.index ?? 0, target, ...(site === undefined ? {} : { site }) };
}

/** The call before it in its conversation that asked for tools, read as a target of its own. */
function previousOf(
  session: SessionReader,
  calls: readonly CallStep[],
  step: CallStep,
  hosts: readonly string[],
): Target | null {
  const before = calls.findLast(
    ({ lane, index, output }) =>
      lane === step.lane && index < step.index && output.parts.some(({ type }) => type === 'tool_call'),
  );
  const exchange = before && session.exchange(before.seq);
  const call = exchange && readCall(exchange, hosts);
  if (!call || call.dialect !== step.call.dialect || call.stream !== step.call.stream) return null;
  const body = editableAnswer(exchange.answer);
  return {
    exchange,
    call,
    shape: shapeOf(call.dialect, body),
    body,
    earlier: [],
    siblings: [],
    previous: null,
  };
}

/** Ids and names in a path differ from call to call; its first words do not. */
function serviceOf({ request }: Exchange): string {
  return `${request.method} ${request.host} ${request.path.split(/[?]/)[0]!.split('/').slice(0, 3).join('/')}`;
}

function mutantsOf(
  { step, site, target }: Found,
  operators: readonly Operator[],
  tools: readonly ToolRun[],
): readonly Mutant[] {
  const original = digest(target.exchange.answer);
  const seen = new Set<string>([`once ${original}`, `always ${original}`, `from-here ${original}`]);
  const parsed = site === undefined ? undefined : parseCallSite(site);
  const frame = parsed?.frames[0];
  const callSite = frame ? { file: frame.file, line: frame.line } : null;
  const suffix = target.call || target.run ? '' : `.${target.exchange.seq}`;
  return operators.flatMap(operator =>
    operator.plan(target).flatMap((fault): Mutant[] => {
      // Re-sliced bytes are the same bytes; only the slices differ.
      const print = `${fault.times} ${fault.paced ? 'paced ' : ''}${fault.answer === 'hang' ? 'hang' : digest(fault.answer)}`;
      if (seen.has(print)) return [];
      seen.add(print);
      return [
        {
          id: `${operator.id}@${step}${suffix}${variantOf(fault)}`,
          operator: operator.id,
          family: operator.family,
          priority: operator.priority,
          summary: operator.summary,
          step,
          seq: target.exchange.seq,
          ...(target.run ? { tool: tools.indexOf(target.run) } : {}),
          callSite,
          fault,
          said: saidBy(target, fault),
        },
      ];
    }),
  );
}

function saidBy({ exchange, call }: Target, { answer }: Fault): string {
  if (answer === 'hang' || (answer.head?.status ?? 400) >= 400) return '';
  const read = call && readCall({ ...exchange, answer });
  const text = read?.output.parts.flatMap(part => (part.type === 'text' ? [part.text] : [])).join(' ') ?? '';
  return text || Buffer.from(answerBody(answer)).toString('utf8');
}

const variantOf = ({ variant }: Fault): string => (variant ? `:${variant}` : '');

/** What an agent can tell of an answer: status, plain bytes and their slices, end. */
function digest(answer: Answer): string {
  const { head, chunks, end } = answer;
  const coding = head && header(head.headers, 'content-encoding');
  const plain = coding ? decodeBody(answerBody(answer), coding).bytes : answerBody(answer);
  // Recorded chunks follow the network; only deliberate slices of a few bytes count.
  const sliced = chunks.length > 50 && plain.length / chunks.length < 10;
  const patience = (head && header(head.headers, 'retry-after')) ?? '';
  return `${head?.status} ${patience} ${end.kind} ${sliced ? 'sliced' : ''} ${hash('sha256', plain, 'base64')}`;
}

function chosen(operators: readonly Operator[], only: readonly string[] | undefined): readonly Operator[] {
  if (!only || only.length === 0) return operators;
  for (const name of only) {
    if (operators.some(({ id, family }) => id === name || family === name)) continue;
    throw new RewindError(
      'unknown-operator',
      `There is no mutation operator called ${JSON.stringify(name)}`,
      '`rewind mutate --operators` lists them.',
    );
  }
  return operators.filter(({ id, family }) => only.includes(id) || only.includes(family));
}

/** Every n-th mutant, from the i-th (from 1): a machine's part of a plan. */
export function shardOf<T>(
  mutants: readonly T[],
  shard: { readonly index: number; readonly count: number },
): readonly T[] {
  return mutants.filter((_, i) => i % shard.count === shard.index - 1);
}
