import type { Incoming, Usage, Vendor } from './api.ts';
import { type ChatApi, type Failure, Refused } from './api.ts';
import { type Behaviour, wholeFault } from './behaviour.ts';
import type { TurnCounts } from './choose-turn.ts';
import { complete } from './complete.ts';
import { type Completion, textOf } from './completion.ts';
import { fields, text } from './fields.ts';
import { inputTokens } from './input-tokens.ts';
import type { Memory } from './memory.ts';
import type { Outcome } from './outcome.ts';
import { Random } from './random.ts';
import { findApi, likelyVendor } from './routes.ts';
import type { FailureKind, Script } from './script.ts';
import { answeringModel } from './snapshots.ts';
import { countTokens } from './tokens.ts';
import { bedrockModel } from './vendors/bedrock.ts';
import { geminiModel } from './vendors/gemini-generate.ts';

/** What an answer depends on, beside the request. */
export interface Stage {
  readonly script: Script;
  readonly behaviour: Behaviour;
  readonly counts: TurnCounts;
  readonly memory: Memory;
  readonly now: Date;
  /** Seeds of ids and noise: the emulator's seed and how often this same request came before. */
  readonly seeds: readonly (string | number)[];
}

const NO_USAGE: Usage = { input: 0, output: 0, reasoning: 0 };

/** Answers one request as its vendor would; `fault` makes the vendor fail in that way. */
export function answer(
  request: Incoming,
  stage: Stage,
  fault?: Pick<Failure, 'kind' | 'retryAfter'>,
): Outcome {
  const random = new Random(...stage.seeds, request.path, request.body);
  const api = findApi(request);
  const vendor = api?.vendor ?? likelyVendor(request);
  const fail = (kind: FailureKind, details: Partial<Failure> = {}) =>
    failed(vendor, { kind, model: askedModel(request), path: request.path, random, ...details }, stage.now);

  if (!api) return fail('not-found');
  const key = vendor.credential(request);
  if (key === undefined || key === '') return fail('missing-key');
  if (/invalid/i.test(key)) return fail('invalid-key', { key });
  if (fault) return fail(fault.kind, { retryAfter: fault.retryAfter ?? null });
  try {
    if (api.kind === 'plain') {
      const headers = vendor.headers({ random, now: stage.now, stream: false, status: 200, usage: NO_USAGE });
      const body = api.answer(request, random);
      return { status: 200, headers, contentType: api.contentType, pieces: [body], stream: false };
    }
    return chat(api, request, stage, random, fail);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return fail(error.kind, {
      ...(error.message === '' ? {} : { message: error.message }),
      ...(error.field === undefined ? {} : { field: error.field }),
    });
  }
}

function chat(
  api: ChatApi,
  request: Incoming,
  stage: Stage,
  random: Random,
  fail: (kind: FailureKind, details?: Partial<Failure>) => Outcome,
): Outcome {
  const { behaviour, memory, now } = stage;
  const prompt = api.read(request, memory);
  const noise = new Random(behaviour.noise?.seed ?? '', ...stage.seeds, request.body);
  const decision = complete(prompt, stage.script, stage.counts, behaviour, noise);
  if ('error' in decision) {
    const { kind, message, retryAfter } = decision.error;
    return fail(kind, { retryAfter: retryAfter ?? null, ...(message === undefined ? {} : { message }) });
  }
  const { completion, transport } = decision;
  const usage = usageOf(inputTokens(prompt), completion);
  const model = answeringModel(prompt.model, behaviour.models);
  const { chunks } = behaviour;
  const writing = { request, prompt, completion, model, usage, random, now, memory, chunks };
  const headers = [
    ...api.vendor.headers({ random, now, stream: prompt.stream, status: 200, usage }),
    ...(api.headers?.(writing) ?? []),
  ];
  return {
    status: 200,
    headers,
    contentType: prompt.stream ? api.streamContentType(request) : api.contentType,
    pieces: prompt.stream ? api.stream(writing) : [api.whole(writing)],
    stream: prompt.stream,
    ...(transport.fault ? { fault: wholeFault(transport.fault) } : {}),
    ...(transport.encoding ? { encoding: transport.encoding } : {}),
  };
}

function usageOf(input: number, completion: Completion): Usage {
  const reasoning = countTokens(textOf(completion, 'reasoning'));
  const calls = completion.parts
    .filter(part => part.type === 'tool_call')
    .reduce((sum, call) => sum + 6 + countTokens(JSON.stringify(call.arguments)), 0);
  const said = countTokens(textOf(completion, 'text')) + countTokens(textOf(completion, 'refusal'));
  return { input, output: said + calls + reasoning + 1, reasoning };
}

function failed(vendor: Vendor, failure: Failure, now: Date): Outcome {
  const { status, body, contentType, headers } = vendor.failure(failure);
  const usual = vendor.headers({ random: failure.random, now, stream: false, status, usage: NO_USAGE });
  return {
    status,
    headers: [...usual, ...(headers ?? [])],
    contentType: contentType ?? 'application/json',
    pieces: [body],
    stream: false,
  };
}

function askedModel(request: Incoming): string {
  return text(fields(request.json).model) || geminiModel(request.path) || bedrockModel(request.path);
}
