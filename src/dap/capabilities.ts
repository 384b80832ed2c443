import type { DebugProtocol } from '@vscode/debugprotocol';
import { EXCEPTION_FILTERS } from './exception-filters.ts';

/** What every session can do. Each has a handler in `requests.ts`; a test compares. */
export const CAPABILITIES: DebugProtocol.Capabilities = {
  supportsConfigurationDoneRequest: true,
  supportsFunctionBreakpoints: true,
  supportsConditionalBreakpoints: true,
  supportsHitConditionalBreakpoints: true,
  supportsLogPoints: true,
  supportsDataBreakpoints: true,
  supportsBreakpointLocationsRequest: true,
  exceptionBreakpointFilters: [...EXCEPTION_FILTERS],
  supportsExceptionFilterOptions: true,
  supportsExceptionInfoRequest: true,
  supportsStepBack: true,
  supportsStepInTargetsRequest: true,
  supportsGotoTargetsRequest: true,
  supportsRestartRequest: true,
  supportsTerminateRequest: true,
  supportsCancelRequest: true,
  supportsDelayedStackTraceLoading: true,
  supportsLoadedSourcesRequest: true,
  supportsEvaluateForHovers: true,
  supportsClipboardContext: true,
  supportsCompletionsRequest: true,
  completionTriggerCharacters: ['.', '$'],
  supportsReadMemoryRequest: true,
};

/** Where the session has an agent that can be run. Said again, as not there, once it is known that it has none. */
export const FORK_CAPABILITIES = {
  supportsSetVariable: true,
  supportsSetExpression: true,
  supportsRestartFrame: true,
} as const satisfies DebugProtocol.Capabilities;
