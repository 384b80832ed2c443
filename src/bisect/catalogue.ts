import type { Cause } from './cause.ts';
import { agentNondeterminism } from './causes/agent-nondeterminism.ts';
import { backendFingerprintChanged } from './causes/backend-fingerprint-changed.ts';
import { budgetChange } from './causes/budget-change.ts';
import { concurrencyLimit } from './causes/concurrency-limit.ts';
import { controlFlowChange } from './causes/control-flow-change.ts';
import { envOrLocaleChange } from './causes/env-or-locale-change.ts';
import { historyReordered } from './causes/history-reordered.ts';
import { historyServerState } from './causes/history-server-state.ts';
import { historyTruncatedOrCompacted } from './causes/history-truncated-or-compacted.ts';
import { malformedModelOutput } from './causes/malformed-model-output.ts';
import { messageDropped } from './causes/message-dropped.ts';
import { modelAliasRollover } from './causes/model-alias-rollover.ts';
import { modelNondeterminismGreedy } from './causes/model-nondeterminism-greedy.ts';
import { modelNondeterminismSampled } from './causes/model-nondeterminism-sampled.ts';
import { modelVersionChanged } from './causes/model-version-changed.ts';
import { outputLimitChanged } from './causes/output-limit-changed.ts';
import { outputTruncated } from './causes/output-truncated.ts';
import { overloaded } from './causes/overloaded.ts';
import { parallelReorderRace } from './causes/parallel-reorder-race.ts';
import { promptTemplateDrift } from './causes/prompt-template-drift.ts';
import { providerErrorUnrecovered } from './causes/provider-error-unrecovered.ts';
import { providerRouteChanged } from './causes/provider-route-changed.ts';
import { rateLimited } from './causes/rate-limited.ts';
import { reasoningEffortChanged } from './causes/reasoning-effort-changed.ts';
import { refusalOrFilter } from './causes/refusal-or-filter.ts';
import { responseCache } from './causes/response-cache.ts';
import { responseFormatChanged } from './causes/response-format-changed.ts';
import { retrievedContextDrift } from './causes/retrieved-context-drift.ts';
import { retrySideEffect } from './causes/retry-side-effect.ts';
import { safetySettingsChanged } from './causes/safety-settings-changed.ts';
import { samplingParamsChanged } from './causes/sampling-params-changed.ts';
import { sdkOrApiVersionChanged } from './causes/sdk-or-api-version-changed.ts';
import { seedChanged } from './causes/seed-changed.ts';
import { serverToolDrift } from './causes/server-tool-drift.ts';
import { silentProviderRegression } from './causes/silent-provider-regression.ts';
import { streamCut } from './causes/stream-cut.ts';
import { systemPromptDrift } from './causes/system-prompt-drift.ts';
import { templateVariableDrift } from './causes/template-variable-drift.ts';
import { timeoutOrDisconnect } from './causes/timeout-or-disconnect.ts';
import { toolChoiceChanged } from './causes/tool-choice-changed.ts';
import { toolErrorOrTimeout } from './causes/tool-error-or-timeout.ts';
import { toolOrderChanged } from './causes/tool-order-changed.ts';
import { toolResultMissing } from './causes/tool-result-missing.ts';
import { toolSchemaDrift } from './causes/tool-schema-drift.ts';
import { toolSetChanged } from './causes/tool-set-changed.ts';
import { unknown } from './causes/unknown.ts';
import { upstreamToolOutputDrifted } from './causes/upstream-tool-output-drifted.ts';
import { userInputChanged } from './causes/user-input-changed.ts';

/**
 * The taxonomy, in the order in which causes are named when several are found: what failed outright, then what changes
 * an answer most surely.
 */
export const CAUSES: readonly Cause[] = [
  rateLimited,
  overloaded,
  timeoutOrDisconnect,
  providerErrorUnrecovered,
  streamCut,
  outputTruncated,
  refusalOrFilter,
  malformedModelOutput,
  agentNondeterminism,
  modelVersionChanged,
  toolSetChanged,
  toolSchemaDrift,
  toolErrorOrTimeout,
  toolResultMissing,
  upstreamToolOutputDrifted,
  retrievedContextDrift,
  systemPromptDrift,
  promptTemplateDrift,
  userInputChanged,
  historyTruncatedOrCompacted,
  historyReordered,
  messageDropped,
  parallelReorderRace,
  budgetChange,
  controlFlowChange,
  reasoningEffortChanged,
  outputLimitChanged,
  samplingParamsChanged,
  toolChoiceChanged,
  responseFormatChanged,
  safetySettingsChanged,
  providerRouteChanged,
  modelAliasRollover,
  serverToolDrift,
  sdkOrApiVersionChanged,
  historyServerState,
  templateVariableDrift,
  seedChanged,
  toolOrderChanged,
  concurrencyLimit,
  envOrLocaleChange,
  backendFingerprintChanged,
  responseCache,
  modelNondeterminismSampled,
  modelNondeterminismGreedy,
  retrySideEffect,
  silentProviderRegression,
  unknown,
];
