/** What bisect must name when it is given a mutant's run and the recording that was broken: the fault that was put in. */
import { bisectSessions } from '../../src/bisect/bisect.ts';
import type { MutantResult } from '../../src/mutate/report.ts';
import type { SessionReader } from '../../src/sessions/session.ts';

/** The same question, another answer, and nothing else that differs: what two recordings can say of a model that errs. */
const MODEL = ['model_nondeterminism_sampled', 'model_nondeterminism_greedy', 'silent_provider_regression'];
const FAILED = ['provider_error_unrecovered'];

/** Causes that name the fault, by operator. */
export const NAMES: Readonly<Record<string, readonly string[]>> = {
  'rate-limit-once': ['rate_limited', 'retry_side_effect'],
  'rate-limit-persistent': ['rate_limited'],
  'rate-limit-long': ['rate_limited'],
  overloaded: ['overloaded'],
  'server-error': [...FAILED, 'retry_side_effect'],
  'quota-exhausted': ['rate_limited', ...FAILED],
  'auth-expired': FAILED,
  'model-retired': FAILED,
  'context-overflow': FAILED,
  'content-filter': ['refusal_or_filter', ...FAILED],
  'gateway-html-502': [...FAILED, 'overloaded'],
  'gateway-html-200': [...FAILED, 'malformed_model_output', 'stream_cut'],
  'error-in-200': ['overloaded', ...FAILED, 'malformed_model_output', 'stream_cut'],
  'connection-reset-once': ['timeout_or_disconnect', 'retry_side_effect'],
  'connection-reset': ['timeout_or_disconnect'],
  'dropped-step': ['timeout_or_disconnect'],
  latency: ['timeout_or_disconnect'],
  hang: ['timeout_or_disconnect'],
  'stream-clean-cut': ['stream_cut'],
  'stream-cut-in-tool-arguments': ['stream_cut'],
  'stream-reset': ['stream_cut', 'timeout_or_disconnect'],
  'stream-error-event': ['stream_cut', 'overloaded'],
  'stream-stall': ['stream_cut', 'timeout_or_disconnect'],
  'stream-duplicated-event': MODEL,
  'empty-response': ['malformed_model_output', ...MODEL],
  'truncated-response': ['output_truncated'],
  'truncated-without-flag': ['output_truncated', ...MODEL],
  'truncated-tool-arguments': ['output_truncated', 'malformed_model_output'],
  refusal: ['refusal_or_filter', ...MODEL],
  'invalid-tool-arguments': ['malformed_model_output'],
  'missing-tool-argument': ['malformed_model_output'],
  'wrong-type-tool-argument': ['malformed_model_output'],
  'unknown-tool': ['malformed_model_output'],
  'prose-instead-of-call': MODEL,
  'duplicated-call': MODEL,
  'dropped-parallel-call': MODEL,
  'reordered-parallel-calls': ['parallel_reorder_race', ...MODEL],
  loop: MODEL,
  'fenced-json': ['malformed_model_output', ...MODEL],
  'schema-violation': ['malformed_model_output', ...MODEL],
  'number-shifted': MODEL,
  'entity-shifted': MODEL,
  paraphrase: MODEL,
  'obeyed-injection': MODEL,
  // Where the agent hides the failure, all that is left to see is another result.
  'tool-output-error': ['tool_error_or_timeout', 'upstream_tool_output_drifted'],
  'tool-output-error-in-200': ['tool_error_or_timeout', 'upstream_tool_output_drifted'],
  'tool-output-denied': ['tool_error_or_timeout', 'upstream_tool_output_drifted'],
  'tool-output-timeout': ['tool_error_or_timeout', 'upstream_tool_output_drifted'],
};

export interface Blame {
  /** The first cause; null where bisect finds no difference. */
  readonly named: string | null;
  /** The call at which it is found, counted as bisect counts. */
  readonly step: number | null;
  readonly isRight: boolean;
}

/** Null for a run that does as the unbroken one: there is nothing to name. */
export function blame(recording: SessionReader, run: SessionReader, result: MutantResult): Blame | null {
  if (
    result.verdict === 'unaffected' ||
    result.verdict === 'not-reached' ||
    result.verdict === 'inconclusive'
  )
    return null;
  const { causes } = bisectSessions(recording, run);
  const [first] = causes;
  const names = NAMES[result.operator] ?? ['upstream_tool_output_drifted', 'tool_error_or_timeout'];
  return {
    named: first?.id ?? null,
    step: first?.step ?? null,
    isRight: first !== undefined && names.includes(first.id),
  };
}
