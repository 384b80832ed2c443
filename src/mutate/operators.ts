import type { Operator } from './operator.ts';
import { authExpired } from './operators/auth-expired.ts';
import { connectionReset } from './operators/connection-reset.ts';
import { connectionResetOnce } from './operators/connection-reset-once.ts';
import { contentFilter } from './operators/content-filter.ts';
import { contextOverflow } from './operators/context-overflow.ts';
import { droppedParallelCall } from './operators/dropped-parallel-call.ts';
import { droppedStep } from './operators/dropped-step.ts';
import { duplicatedCall } from './operators/duplicated-call.ts';
import { emptyResponse } from './operators/empty-response.ts';
import { entityShifted } from './operators/entity-shifted.ts';
import { errorIn200 } from './operators/error-in-200.ts';
import { fencedJson } from './operators/fenced-json.ts';
import { gatewayHtml200 } from './operators/gateway-html-200.ts';
import { gatewayHtml502 } from './operators/gateway-html-502.ts';
import { hang } from './operators/hang.ts';
import { invalidToolArguments } from './operators/invalid-tool-arguments.ts';
import { latency } from './operators/latency.ts';
import { loop } from './operators/loop.ts';
import { missingToolArgument } from './operators/missing-tool-argument.ts';
import { modelRetired } from './operators/model-retired.ts';
import { numberShifted } from './operators/number-shifted.ts';
import { obeyedInjection } from './operators/obeyed-injection.ts';
import { overloaded } from './operators/overloaded.ts';
import { paraphrase } from './operators/paraphrase.ts';
import { proseInsteadOfCall } from './operators/prose-instead-of-call.ts';
import { quotaExhausted } from './operators/quota-exhausted.ts';
import { rateLimitLong } from './operators/rate-limit-long.ts';
import { rateLimitOnce } from './operators/rate-limit-once.ts';
import { rateLimitPersistent } from './operators/rate-limit-persistent.ts';
import { refusal } from './operators/refusal.ts';
import { reorderedParallelCalls } from './operators/reordered-parallel-calls.ts';
import { schemaViolation } from './operators/schema-violation.ts';
import { serverError } from './operators/server-error.ts';
import { streamCleanCut } from './operators/stream-clean-cut.ts';
import { streamCutInToolArguments } from './operators/stream-cut-in-tool-arguments.ts';
import { streamDuplicatedEvent } from './operators/stream-duplicated-event.ts';
import { streamErrorEvent } from './operators/stream-error-event.ts';
import { streamReset } from './operators/stream-reset.ts';
import { streamResliced } from './operators/stream-resliced.ts';
import { streamStall } from './operators/stream-stall.ts';
import { toolOutputDenied } from './operators/tool-output-denied.ts';
import { toolOutputEmpty } from './operators/tool-output-empty.ts';
import { toolOutputError } from './operators/tool-output-error.ts';
import { toolOutputErrorIn200 } from './operators/tool-output-error-in-200.ts';
import { toolOutputInjectedInstruction } from './operators/tool-output-injected-instruction.ts';
import { toolOutputNoEffect } from './operators/tool-output-no-effect.ts';
import { toolOutputOversized } from './operators/tool-output-oversized.ts';
import { toolOutputSchemaDrift } from './operators/tool-output-schema-drift.ts';
import { toolOutputStale } from './operators/tool-output-stale.ts';
import { toolOutputSwapped } from './operators/tool-output-swapped.ts';
import { toolOutputTimeout } from './operators/tool-output-timeout.ts';
import { toolOutputTruncated } from './operators/tool-output-truncated.ts';
import { toolOutputWrongEntity } from './operators/tool-output-wrong-entity.ts';
import { truncatedResponse } from './operators/truncated-response.ts';
import { truncatedToolArguments } from './operators/truncated-tool-arguments.ts';
import { truncatedWithoutFlag } from './operators/truncated-without-flag.ts';
import { unknownTool } from './operators/unknown-tool.ts';
import { wrongTypeToolArgument } from './operators/wrong-type-tool-argument.ts';

/** The built-in operators, in the order of `rewind mutate --operators`. */
export const OPERATORS: readonly Operator[] = [
  rateLimitOnce,
  rateLimitPersistent,
  rateLimitLong,
  overloaded,
  serverError,
  quotaExhausted,
  authExpired,
  modelRetired,
  contextOverflow,
  contentFilter,
  gatewayHtml502,
  gatewayHtml200,
  errorIn200,
  connectionResetOnce,
  connectionReset,
  droppedStep,
  latency,
  hang,
  streamCleanCut,
  streamCutInToolArguments,
  streamReset,
  streamErrorEvent,
  streamStall,
  streamResliced,
  streamDuplicatedEvent,
  emptyResponse,
  truncatedResponse,
  truncatedWithoutFlag,
  truncatedToolArguments,
  refusal,
  invalidToolArguments,
  missingToolArgument,
  wrongTypeToolArgument,
  unknownTool,
  proseInsteadOfCall,
  duplicatedCall,
  reorderedParallelCalls,
  droppedParallelCall,
  loop,
  fencedJson,
  schemaViolation,
  numberShifted,
  entityShifted,
  paraphrase,
  obeyedInjection,
  toolOutputError,
  toolOutputErrorIn200,
  toolOutputDenied,
  toolOutputTimeout,
  toolOutputEmpty,
  toolOutputTruncated,
  toolOutputOversized,
  toolOutputStale,
  toolOutputWrongEntity,
  toolOutputSwapped,
  toolOutputSchemaDrift,
  toolOutputNoEffect,
  toolOutputInjectedInstruction,
];
