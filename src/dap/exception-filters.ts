import type { DebugProtocol } from '@vscode/debugprotocol';
import type { TroubleKind } from '../timeline/troubles.ts';

interface Filter extends DebugProtocol.ExceptionBreakpointsFilter {
  readonly filter: TroubleKind | 'divergence';
}

/** The checkboxes of the editor's Breakpoints view. */
export const EXCEPTION_FILTERS: readonly Filter[] = [
  filter(
    'http-error',
    'HTTP Errors',
    'An attempt failed: an HTTP error, an error in a stream, a broken connection',
    true,
  ),
  filter('rate-limit', 'Rate Limits (429)', 'An attempt was answered with HTTP 429, retried or not', false),
  filter('cassette-miss', 'Cassette Misses', 'A replay had no recorded answer', true),
  filter('truncated', 'Truncated Answers', 'An answer was cut off at a length limit', false),
  filter('refusal', 'Refusals', 'A model refused, or its answer was withheld for its content', false),
  filter('tool-error', 'Tool Errors', 'A tool failed', false),
  filter(
    'invalid-arguments',
    'Invalid Tool Arguments',
    "A model called a tool with arguments that do not fit the tool's schema",
    false,
  ),
  filter('divergence', 'Divergences', 'Two sessions that are compared ("compare") differ in this step', true),
];

function filter(kind: Filter['filter'], label: string, description: string, byDefault: boolean): Filter {
  return {
    filter: kind,
    label,
    description,
    default: byDefault,
    supportsCondition: true,
    conditionDescription: 'An expression on the step, such as model == "gpt-4o"',
  };
}
