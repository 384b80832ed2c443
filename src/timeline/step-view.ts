import { plainBody } from '../providers/answer-body.ts';
import type { Call, Message, Part, ToolCall } from '../providers/call.ts';
import { type Answer, answerBody, type WireRequest } from '../wire/exchange.ts';
import { header } from '../wire/headers.ts';
import { parseJson } from '../wire/json.ts';
import type { CallStep, Step, Timeline, ToolStep } from './timeline.ts';

/**
 * A step as plain values under the names that conditions, watches and scopes use (docs/debugger.md). Parts are read from
 * the session when they are looked at, once.
 */
export type StepView = Readonly<Record<string, unknown>>;

/** Names of a view's parts, by kind of step. */
export const CALL_NAMES = [
  'kind',
  'step',
  'lane',
  'model',
  'at',
  'latency',
  'ttft',
  'cost',
  'finishReason',
  'label',
  'error',
  'context',
  'usage',
  'request',
  'response',
  'attempts',
] as const;
export const TOOL_NAMES = ['kind', 'step', 'lane', 'at', 'tool', 'error'] as const;

export function stepView(timeline: Timeline, step: Step): StepView {
  return step.kind === 'call' ? callView(timeline, step) : toolView(step);
}

function callView(timeline: Timeline, step: CallStep): StepView {
  const { session } = timeline;
  const sent = (): WireRequest => session.request?.(step.seq) ?? session.exchange(step.seq).request;
  const answered = (): Answer => session.answer?.(step.seq) ?? session.exchange(step.seq).answer;
  return withLazy(
    {
      kind: 'call',
      step: step.index,
      lane: step.lane,
      model: step.model,
      at: step.at,
      latency: tenths(step.latencyMs),
      ttft: tenths(step.ttftMs),
      cost: exactly(step.costUsd),
      finishReason: step.finishReason,
      label: step.label ?? null,
      error: step.error,
      context: step.context,
      usage: usageView(step),
      attempts: step.attempts,
    },
    {
      request: () => requestView(step.call, sent),
      response: () => responseView(step, answered),
    },
  );
}

// Sums and differences of binary fractions end in digits that mean nothing: 188.0999999999999.
const tenths = (ms: number | null): number | null => ms && Math.round(ms * 10) / 10;
export const exactly = (dollars: number | null): number | null => dollars && Number(dollars.toPrecision(12));

function usageView({ usage }: CallStep): StepView {
  return {
    input: usage?.input ?? null,
    output: usage?.output ?? null,
    total: usage ? usage.input + usage.output : null,
    cachedInput: usage?.cachedInput ?? null,
    cacheWrite: usage?.cacheWrite ?? null,
    reasoning: usage?.reasoning ?? null,
  };
}

function requestView(call: Call, sent: () => WireRequest): StepView {
  return withLazy(
    { model: call.requestModel, system: textOf(call.system) },
    {
      messages: () => call.messages.map(messageView),
      tools: () => Object.fromEntries(call.tools.map(({ name, raw }) => [name, raw])),
      parameters: () => call.parameters,
      body: () => {
        const { body, headers } = sent();
        return bodyValue(body, header(headers, 'content-encoding'));
      },
    },
  );
}

function responseView(step: CallStep, answered: () => Answer): StepView {
  const { output, finishReason, error, attempts } = step;
  return withLazy(
    {
      text: textOf(output.parts),
      toolCalls: toolCallsOf(output.parts),
      finishReason,
      model: step.model,
      status: attempts.at(-1)?.status ?? null,
      error,
      ...rareParts(output.parts),
      ...(output.alternatives.length > 0 ? { alternatives: output.alternatives.map(partsView) } : {}),
    },
    {
      body: () => {
        const answer = answered();
        return bodyValue(answerBody(answer), header(answer.head?.headers ?? [], 'content-encoding'));
      },
    },
  );
}

function toolView(step: ToolStep): StepView {
  const { result, run } = step;
  const failed = run?.error ?? (result?.isError ? textOf(result.content) : null);
  return {
    kind: 'tool',
    step: step.index,
    lane: step.lane,
    at: step.at,
    tool: {
      name: step.name,
      arguments: step.call.arguments ?? step.call.argumentsText,
      result: result ? resultText(result.content) : (run?.result ?? null),
      error: failed,
      duration: step.durationMs,
      timing: step.timing,
      id: step.call.id,
      askedBy: step.from,
      resultIn: step.to,
      ...(result ? rareParts(result.content) : {}),
    },
    error: failed,
  };
}

export function messageView({ role, name, parts }: Message): StepView {
  return { role, ...(name === undefined ? {} : { name }), ...partsView(parts) };
}

function partsView(parts: readonly Part[]): StepView {
  const toolCalls = toolCallsOf(parts);
  const results = parts.flatMap(part => (part.type === 'tool_result' ? [part.result] : []));
  return {
    // A tool's message says what the tool said.
    content: textOf(parts) || results.map(({ content }) => textOf(content)).join('\n'),
    ...rareParts(parts),
    ...(toolCalls.length > 0 ? { toolCalls } : {}),
    ...(results.length > 0
      ? {
          toolResults: results.map(({ id, name, isError, content }) => ({
            name,
            content: resultText(content),
            isError,
            id,
            ...rareParts(content),
          })),
        }
      : {}),
  };
}

/** The text parts, a line each. */
export function textOf(parts: readonly Part[]): string {
  return parts.flatMap(part => (part.type === 'text' ? [part.text] : [])).join('\n');
}

function resultText(content: readonly Part[]): unknown {
  const text = textOf(content);
  return text === '' && content.length > 0 ? content : text;
}

function toolCallsOf(parts: readonly Part[]): readonly StepView[] {
  return parts.flatMap(part => (part.type === 'tool_call' ? [toolCallView(part.call)] : []));
}

function toolCallView({ name, arguments: parsed, argumentsText, id }: ToolCall): StepView {
  return { name, arguments: parsed ?? argumentsText, id };
}

/** Reasoning, refusals, images and the like: shown where there are any. */
function rareParts(parts: readonly Part[]): StepView {
  const said = (type: 'reasoning' | 'refusal'): string =>
    parts.flatMap(part => (part.type === type ? [part.text] : [])).join('\n');
  const [reasoning, refusal] = [said('reasoning'), said('refusal')];
  const other = parts.flatMap(part =>
    part.type === 'other' ? [{ kind: part.kind, value: part.value }] : [],
  );
  return {
    ...(reasoning ? { reasoning } : {}),
    ...(refusal ? { refusal } : {}),
    ...(other.length > 0 ? { other } : {}),
  };
}

/** JSON as values, anything else as text. */
export function bodyValue(bytes: Uint8Array, coding: string | undefined): unknown {
  const plain = plainBody(bytes, coding);
  const json = parseJson(plain.bytes);
  return json.ok ? json.value : Buffer.from(plain.bytes).toString('utf8');
}

/** Own, enumerable properties that are computed when first read. */
export function withLazy(
  known: Readonly<Record<string, unknown>>,
  lazy: Readonly<Record<string, () => unknown>>,
): StepView {
  const view = { ...known };
  for (const [name, read] of Object.entries(lazy)) {
    Object.defineProperty(view, name, {
      configurable: true,
      enumerable: true,
      get() {
        const value = read();
        Object.defineProperty(view, name, { value, enumerable: true });
        return value;
      },
    });
  }
  return view;
}
