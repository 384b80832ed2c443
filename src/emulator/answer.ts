import { ERROR_KINDS, type ErrorKind, errorInStream } from '../providers/error-bodies.ts';
import { type Api, type ChatApi, type Incoming, Refused, type Usage } from './api.ts';
import { type Behaviour, type Fault, wholeFault } from './behaviour.ts';
import type { TurnCounts } from './choose-turn.ts';
import { complete } from './complete.ts';
import { type Completion, textOf } from './completion.ts';
import { detailsOf, errorContext, type Failing, failed, withoutKey } from './failure.ts';
import { inputTokens } from './input-tokens.ts';
import type { Memory } from './memory.ts';
import type { Outcome } from './outcome.ts';
import { Random } from './random.ts';
import { findApi, likelyVendor } from './routes.ts';
import type { Script } from './script.ts';
import { answeringModel } from './snapshots.ts';
import { countTokens } from './tokens.ts';

/** What an answer depends on, beside the request. */
export interface Stage {
  readonly script: Script;
  readonly behaviour: Behaviour;
  readonly counts: TurnCounts;
  readonly memory: Memory;
  readonly now: Date;
  /** Seeds of ids and noise: the emulator's seed and how often this same request came before. */
  readonly seeds: readonly (string | number)[];
  /** Befalls this request. */
  readonly fault?: Fault;
}

/** Answers one request as its vendor would. */
export function answer(request: Incoming, stage: Stage): Outcome {
  const { now, fault } = stage;
  const random = new Random(...stage.seeds, request.path, request.body);
  const api = findApi(request);
  const vendor = api?.vendor ?? likelyVendor(request);
  const failing: Failing = { vendor, dialect: api?.dialect ?? vendor.dialect, request, random, now };
  if (!api) return failed(failing, 'not_found', worded(vendor.unknownPath?.(request)));
  const key = vendor.credential(request);
  if (key === undefined || key === '') return withoutKey(failing);
  if (/invalid/i.test(key)) return failed(failing, 'auth', worded(vendor.wrongKey?.(key)));
  try {
    const error = errorKind(fault);
    if (error === undefined) return succeeded(api, failing, stage);
    if (fault?.afterEvents === null || !fault) return failed(failing, error, fault && detailsOf(fault));
    return brokenOffBy(error, fault, succeeded(api, failing, stage), failing);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return failed(failing, error.kind, worded(error.message));
  }
}

function worded(message: string | undefined) {
  return message === undefined ? {} : { message };
}

function errorKind(fault: Fault | undefined): ErrorKind | undefined {
  return ERROR_KINDS.find(kind => kind === fault?.kind);
}

/** A stream that began well and ends in an error; an answer that is no stream fails as a whole. */
function brokenOffBy(kind: ErrorKind, fault: Fault, outcome: Outcome, failing: Failing): Outcome {
  if (!outcome.stream) return failed(failing, kind, detailsOf(fault));
  const error = errorInStream(failing.dialect, kind, errorContext(failing, detailsOf(fault)));
  return { ...outcome, pieces: [...outcome.pieces.slice(0, fault.afterEvents ?? 0), error] };
}

function succeeded(api: Api, failing: Failing, stage: Stage): Outcome {
  if (api.kind === 'chat') return chat(api, failing, stage);
  const { request, random, now } = failing;
  const usage = { input: 0, output: 0, reasoning: 0 };
  return {
    status: 200,
    headers: api.vendor.headers({ random, now, stream: false, status: 200, usage }),
    contentType: api.contentType,
    pieces: [api.answer(request, random)],
    stream: false,
  };
}

function chat(api: ChatApi, failing: Failing, stage: Stage): Outcome {
  const { request, random, now } = failing;
  const { behaviour, memory } = stage;
  const prompt = api.read(request, memory);
  const noise = new Random(behaviour.noise?.seed ?? '', ...stage.seeds, request.body);
  const decision = complete(prompt, stage.script, stage.counts, behaviour, noise);
  if ('error' in decision) {
    const { kind, message, retryAfter = null } = decision.error;
    return failed(failing, kind, { ...worded(message), ...detailsOf({ retryAfter }) });
  }
  const { completion, transport } = decision;
  const usage = usageOf(inputTokens(prompt), completion);
  const model = answeringModel(prompt.model, behaviour.models);
  const { chunks } = behaviour;
  const writing = { request, prompt, completion, model, usage, random, now, memory, chunks };
  const outcome: Outcome = {
    status: 200,
    headers: [
      ...api.vendor.headers({ random, now, stream: prompt.stream, status: 200, usage }),
      ...(api.headers?.(writing) ?? []),
    ],
    contentType: prompt.stream ? api.streamContentType(request) : api.contentType,
    pieces: prompt.stream ? api.stream(writing) : [api.whole(writing)],
    stream: prompt.stream,
    ...(transport.encoding ? { encoding: transport.encoding } : {}),
  };
  const own = transport.fault && wholeFault(transport.fault);
  const error = errorKind(own);
  if (own && error) return brokenOffBy(error, own, outcome, failing);
  return own ? { ...outcome, fault: own } : outcome;
}

function usageOf(input: number, completion: Completion): Usage {
  const reasoning = countTokens(textOf(completion, 'reasoning'));
  const calls = completion.parts
    .filter(part => part.type === 'tool_call')
    .reduce((sum, call) => sum + 6 + countTokens(JSON.stringify(call.arguments)), 0);
  const said = countTokens(textOf(completion, 'text')) + countTokens(textOf(completion, 'refusal'));
  return { input, output: said + calls + reasoning + 1, reasoning };
}
