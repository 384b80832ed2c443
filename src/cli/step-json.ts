import type { CallStep, Lane, Step, Timeline } from '../timeline/timeline.ts';
import { type CallSite, parseCallSite } from '../wire/call-site.ts';
import { toolRunJson } from './tool-run-json.ts';

/** A step as `inspect --json` gives it (docs/json.md). `whole`: with the call's messages, system prompt and tools. */
export function stepJson(step: Step, whole = false): object {
  if (step.kind === 'tool') {
    const { kind, index, lane, name, call, result, from, to, at, durationMs, timing, run } = step;
    const { id, argumentsText, arguments: parsed } = call;
    return {
      kind,
      index,
      lane,
      name,
      id,
      arguments: parsed ?? argumentsText,
      result,
      from,
      to,
      at,
      durationMs,
      timing,
      run: run ? toolRunJson(run) : null,
    };
  }
  const {
    kind,
    index,
    lane,
    seq,
    at,
    latencyMs,
    ttftMs,
    model,
    finishReason,
    usage,
    costUsd,
    context,
    attempts,
    error,
  } = step;
  return {
    kind,
    index,
    lane,
    call: seq,
    at,
    latencyMs,
    ttftMs,
    model,
    finishReason,
    usage,
    costUsd,
    context,
    attempts,
    error,
    label: step.label ?? null,
    site: siteOf(step),
    output: step.output,
    ...(whole ? wholeCall(step) : {}),
  };
}

function wholeCall({ call }: CallStep): object {
  const { dialect, provider, operation, requestModel, responseModel, stream, responseId, problems } = call;
  const { parameters, system, messages, tools } = call;
  return {
    dialect,
    provider,
    operation,
    requestModel,
    responseModel,
    stream,
    responseId,
    parameters,
    system,
    messages,
    tools: tools.map(({ name, description, parameters: schema }) => ({
      name,
      description,
      parameters: schema,
    })),
    problems,
  };
}

export function laneJson({ id, title, steps, parent, persona }: Lane): object {
  return { id, title, steps, parent, persona };
}

export function timelineJson(timeline: Timeline): object {
  const { steps, lanes, others } = timeline;
  return {
    lanes: lanes.map(laneJson),
    steps: steps.map(step => stepJson(step)),
    otherExchanges: others,
    otherToolRuns: timeline.otherRuns.map(toolRunJson),
  };
}

function siteOf({ site }: CallStep): CallSite | null {
  return (site === undefined ? undefined : parseCallSite(site)) ?? null;
}
