/**
 * What `rewind bisect` says about real pairs of runs, against labels made from their bytes; beside it, in the same run, a
 * positional first difference of the bytes, and the size of a plain diff of the two logs.
 *
 *   node bench/bisect.ts [--show <label>] [--pairs 756]
 *
 * Then causes that were planted, as a confusion matrix, and two sessions of 10,000 calls. The real pairs need the corpus of
 * recorded traffic (../shared/corpus); it says so where that is not there.
 */
import { parseArgs } from 'node:util';
import { bisectAligned, bisectSessions } from '../src/bisect/bisect.ts';
import type { Report } from '../src/bisect/report.ts';
import { alignTimelines } from '../src/timeline/align.ts';
import { timelineOf } from '../src/timeline/timeline.ts';
import type { Exchange } from '../src/wire/exchange.ts';
import { answerBody } from '../src/wire/exchange.ts';
import { type CorpusPair, corpusPairs, recordedOf, withoutCorpus } from '../test/tape/corpus-sessions.ts';
import { sessionOf } from '../test/tape/tape-session.ts';
import { chatCall, system, user } from '../test/timeline/conversation.ts';
import { plantedInCorpus, plantedInScenario } from './bisect-planted.ts';
import { firstByteDifference, percent } from './positional.ts';

interface LabelledPair extends CorpusPair {
  readonly id: string;
  readonly causes: readonly string[];
}

/** Causes that the labels' coarser words stand for. */
const MEANING: Readonly<Record<string, readonly string[]>> = {
  nondeterminism: ['model_nondeterminism_sampled', 'model_nondeterminism_greedy'],
  system_fingerprint: ['backend_fingerprint_changed'],
  served_model_snapshot: ['model_alias_rollover'],
  model: ['model_version_changed'],
  params: [
    'sampling_params_changed',
    'seed_changed',
    'reasoning_effort_changed',
    'output_limit_changed',
    'tool_choice_changed',
    'response_format_changed',
    'safety_settings_changed',
    'history_server_state',
    'sdk_or_api_version_changed',
    'provider_route_changed',
  ],
  tool_schema: ['tool_schema_drift', 'tool_set_changed', 'tool_order_changed'],
  system_prompt: ['system_prompt_drift', 'template_variable_drift'],
  user_input: [
    'user_input_changed',
    'prompt_template_drift',
    'template_variable_drift',
    'retrieved_context_drift',
  ],
  assistant_history: [
    'control_flow_change',
    'history_truncated_or_compacted',
    'history_reordered',
    'message_dropped',
  ],
  history_shape: [
    'control_flow_change',
    'history_truncated_or_compacted',
    'history_reordered',
    'message_dropped',
  ],
  history_length: [
    'control_flow_change',
    'history_truncated_or_compacted',
    'history_reordered',
    'message_dropped',
  ],
  tool_output: [
    'upstream_tool_output_drifted',
    'tool_error_or_timeout',
    'retrieved_context_drift',
    'tool_result_missing',
  ],
  step_count: ['control_flow_change', 'budget_change'],
  provider_error: [
    'provider_error_unrecovered',
    'rate_limited',
    'overloaded',
    'timeout_or_disconnect',
    'refusal_or_filter',
    'stream_cut',
  ],
  provider_or_endpoint: ['provider_route_changed', 'sdk_or_api_version_changed'],
};

class Score {
  pairs = 0;
  step = 0;
  top = 0;
  f1 = 0;
  readonly wrong: string[] = [];
}

const { values } = parseArgs({
  options: { show: { type: 'string' }, pairs: { type: 'string', default: '756' } },
});
/** Two sessions of 10,000 calls each that differ in one answer, in every answer, and in none. */
function large(): void {
  const cases: readonly (readonly [string, (call: number) => string])[] = [
    ['one answer', call => (call === 9_000 ? 'other' : `answer ${call}`)],
    ['every answer', call => `other ${call}`],
    ['nothing', call => `answer ${call}`],
  ];
  console.log('\n10,000 x 10,000 calls   timelines      align      cause');
  for (const [name, text] of cases) {
    const times = [performance.now()];
    const [good, bad] = [timelineOf(longSession(call => `answer ${call}`)), timelineOf(longSession(text))];
    times.push(performance.now());
    const alignment = alignTimelines(good, bad);
    times.push(performance.now());
    bisectAligned(alignment);
    times.push(performance.now());
    const spans = times.slice(1).map((time, i) => `${(time - times[i]!).toFixed(0)} ms`.padStart(10));
    console.log(`${`  ${name} differs`.padEnd(22)} ${spans.join(' ')}`);
  }
}

function longSession(answer: (call: number) => string): ReturnType<typeof sessionOf> {
  return sessionOf(
    Array.from({ length: 10_000 }, (_, call) => {
      const notes = Array.from({ length: call % 50 }, (_unused, i) => user(`note ${call - i}`));
      const messages = [system('You are helpful.'), user(`Task ${Math.floor(call / 50)}`), ...notes];
      return chatCall(messages, { text: answer(call) }, { at: call * 10 });
    }),
  );
}

function realPairs(count: number): void {
  const scores = new Map<string, Score>();
  const all = new Score();
  let bytesStep = 0;
  let changed = 0;
  let diffLines = 0;
  let rewindLines = 0;
  let ms = 0;
  for (const pair of (corpusPairs() as readonly LabelledPair[]).slice(0, count)) {
    const [good, bad] = [pair.a, pair.b].map(calls => sessionOf(calls.map(recordedOf)));
    const began = performance.now();
    const report = bisectSessions(good!, bad!);
    ms += performance.now() - began;
    const [one, two] = [good!, bad!].map(session => [...session.exchanges()]);
    if (firstByteDifference(one!, two!) === pair.step) bytesStep++;
    const lines = differentLines(one!, two!);
    if (lines > 0) changed++;
    diffLines += lines;
    rewindLines += report.causes.length;
    const label = [...pair.causes].sort().join(' + ');
    const score = scores.get(label) ?? new Score();
    scores.set(label, score);
    for (const one of [score, all]) judge(one, pair, report);
  }
  console.log(`${'label'.padEnd(42)} pairs     step    top-1   set-F1`);
  for (const [label, { pairs, step, top, f1 }] of [...scores]
    .sort(([, x], [, y]) => y.pairs - x.pairs)
    .concat([['all', all]])) {
    console.log(
      `${label.padEnd(42)} ${String(pairs).padStart(5)} ${percent(step, pairs)} ${percent(top, pairs)} ${percent(f1, pairs)}`,
    );
  }
  console.log(`positional first difference: step ${percent(bytesStep, all.pairs).trim()}, no cause`);
  console.log(
    `plain diff of the two logs: ${changed} of ${all.pairs} pairs differ, in ${(diffLines / all.pairs).toFixed(0)} lines a pair; rewind names ${(rewindLines / all.pairs).toFixed(1)} causes a pair`,
  );
  console.log(`${(ms / all.pairs).toFixed(2)} ms a pair`);
  if (values.show !== undefined) {
    const shown = values.show === 'all' ? all : scores.get(values.show);
    console.log(`\n${shown?.wrong.join('\n') ?? `no label ${values.show}`}`);
  }
}

function judge(score: Score, pair: LabelledPair, report: Report): void {
  const named = report.causes.map(({ id }) => id);
  const wanted = pair.causes;
  const meant = (id: string): boolean => wanted.some(label => MEANING[label]?.includes(id));
  const step = report.divergence?.step === pair.step;
  const top = named[0] !== undefined && meant(named[0]);
  const hit = wanted.filter(label => named.some(id => MEANING[label]?.includes(id))).length;
  const precision = named.length === 0 ? 0 : named.filter(meant).length / named.length;
  const recall = wanted.length === 0 ? 0 : hit / wanted.length;
  score.pairs++;
  if (step) score.step++;
  if (top) score.top++;
  if (precision + recall > 0) score.f1 += (2 * precision * recall) / (precision + recall);
  if (step && top) return;
  const said = report.causes.map(({ id, step: at, field }) => `${id}@${at} ${field}`).join(' | ');
  score.wrong.push(
    `${pair.id} [${wanted.join(' + ')}] step ${pair.step} ${pair.where}: ${report.divergence?.step ?? 'none'} ${said}`,
  );
}

/** Lines that a plain diff of the two logs, their JSON printed, shows as changed. */
function differentLines(good: readonly Exchange[], bad: readonly Exchange[]): number {
  const [left, right] = [good, bad].map(exchanges => {
    const counts = new Map<string, number>();
    for (const { request, answer } of exchanges)
      for (const body of [request.body, answerBody(answer)])
        for (const line of printed(body)) counts.set(line, (counts.get(line) ?? 0) + 1);
    return counts;
  });
  let lines = 0;
  for (const line of new Set([...left!.keys(), ...right!.keys()]))
    lines += Math.abs((left!.get(line) ?? 0) - (right!.get(line) ?? 0));
  return lines;
}

function printed(body: Uint8Array): readonly string[] {
  const text = Buffer.from(body).toString('utf8');
  try {
    return JSON.stringify(JSON.parse(text), null, 1).split('\n');
  } catch {
    return text.split('\n');
  }
}

if (withoutCorpus) console.log(withoutCorpus);
else {
  realPairs(Number(values.pairs));
  plantedInCorpus();
}
plantedInScenario();
large();
