/**
 * Causes planted into recorded calls of other projects: their vendors, endpoints and SDKs, which nobody here made up.
 * A bad run is the good one up to a call `at`, from which on its requests differ, and whose answer leads elsewhere.
 */
import { editAnswer } from '../../src/providers/editing/edit-answer.ts';
import { readCall } from '../../src/providers/read-call.ts';
import type { Answer, Exchange, WireRequest } from '../../src/wire/exchange.ts';
import { isObject, type Json, type JsonObject, parseJson } from '../../src/wire/json.ts';
import type { Recorded } from '../tape/tape-session.ts';

/** A body that can be written into: a copy of the request's own JSON. */
// biome-ignore lint/suspicious/noExplicitAny: members differ from vendor to vendor, and each is looked for before it is used
type Body = any;

export interface CorpusPlant {
  readonly name: string;
  /** What must be named first; null: nothing may be found. */
  readonly cause: RegExp | null;
  /** The bad run; null where these calls cannot carry it. */
  make(calls: readonly Recorded[], at: number): readonly Recorded[] | null;
}

const OTHER = 'Something else came of it this time, and nobody knows why.';
const SENTENCE = 'Answer like a sailor, whatever the question is about.';

/** Requests from `at` on as `edit` leaves them; null where it changes nothing at `at`. The answer at `at` is another one. */
function asking(edit: (body: Body, before: Body | null) => boolean): CorpusPlant['make'] {
  return (calls, at) => {
    const before = at === 0 ? null : bodyOf(calls[at - 1]!.request);
    const body = bodyOf(calls[at]!.request);
    return body && edit(body, before) ? ending(calls, at, withBody(calls[at]!.request, body)) : null;
  };
}

function sending(edit: (request: WireRequest) => WireRequest | null): CorpusPlant['make'] {
  return (calls, at) => {
    const request = edit(calls[at]!.request);
    return request && ending(calls, at, request);
  };
}

function answering(edit: (exchange: Exchange) => Answer | null): CorpusPlant['make'] {
  return (calls, at) => {
    const answer = edit(exchangeOf(calls[at]!));
    return answer && [...calls.slice(0, at), { ...calls[at]!, answer }];
  };
}

function ending(calls: readonly Recorded[], at: number, request: WireRequest): readonly Recorded[] | null {
  const answer = elsewhere(exchangeOf(calls[at]!));
  return answer && [...calls.slice(0, at), { ...calls[at]!, request, answer }];
}

/** The answer with other words and no tool calls; null where its format cannot be edited. */
function elsewhere(exchange: Exchange): Answer | null {
  try {
    const calls = readCall(exchange)?.output.parts.some(({ type }) => type === 'tool_call');
    const answer = calls ? editAnswer(exchange, { kind: 'no-tool-calls' }, null) : exchange.answer;
    return editAnswer({ ...exchange, answer }, { kind: 'text' }, OTHER);
  } catch {
    return null;
  }
}

const exchangeOf = ({ request, answer }: Recorded): Exchange => ({ seq: 0, at: 0, request, answer: answer! });

function bodyOf({ body }: WireRequest): Body | null {
  const json = parseJson(Buffer.from(body));
  return json.ok && isObject(json.value) ? structuredClone(json.value) : null;
}

const withBody = (request: WireRequest, body: Body): WireRequest => ({
  ...request,
  body: Buffer.from(JSON.stringify(body)),
});

/** A text somewhere in a body. */
interface Place {
  readonly text: string;
  set(text: string): void;
}

function placeIn(holder: Body, key: string | number): readonly Place[] {
  const value: unknown = holder?.[key];
  if (typeof value === 'string') return [{ text: value, set: text => (holder[key] = text) }];
  if (!Array.isArray(value)) return isObject(value as Json) ? placeIn(value, 'text') : [];
  return value.flatMap((part, i) => (typeof part === 'string' ? placeIn(value, i) : placeIn(part, 'text')));
}

const listOf = (body: Body): readonly Body[] =>
  [body.messages, body.input, body.contents, body.chat_history].find(Array.isArray) ?? [];

function userTexts(body: Body): readonly Place[] {
  const said = listOf(body).filter(({ role, type }) => role === 'user' || type === 'user_input');
  const inMessages = said.flatMap(message => [
    ...placeIn(message, 'content'),
    ...placeIn(message, 'parts'),
    ...placeIn(message, 'message'),
  ]);
  if (inMessages.length > 0) return inMessages;
  return ['prompt', 'message', 'inputText', 'inputs', 'input'].flatMap(key => placeIn(body, key));
}

function systemTexts(body: Body): readonly Place[] {
  return [
    ...listOf(body)
      .filter(({ role }) => role === 'system' || role === 'developer')
      .flatMap(message => placeIn(message, 'content')),
    ...['system', 'instructions', 'preamble', 'system_prompt'].flatMap(key => placeIn(body, key)),
    ...['systemInstruction', 'system_instruction'].flatMap(key => placeIn(body[key], 'parts')),
  ];
}

function toolTexts(body: Body): readonly Place[] {
  return listOf(body).flatMap(message => {
    if (message.role === 'tool') return placeIn(message, 'content');
    if (message.type === 'function_call_output') return placeIn(message, 'output');
    const parts: readonly Body[] = [message.content, message.parts].find(Array.isArray) ?? [];
    return parts.flatMap(part => {
      if (part?.type === 'tool_result') return placeIn(part, 'content');
      if (part?.toolResult) return placeIn(part.toolResult, 'content');
      const response = part?.functionResponse?.response ?? part?.function_response?.response;
      return response ? Object.keys(response).flatMap(key => placeIn(response, key)) : [];
    });
  });
}

/** The last of these texts that the call before did not carry. */
function fresh(
  textsOf: (body: Body) => readonly Place[],
  body: Body,
  before: Body | null,
): Place | undefined {
  const known = new Set(before ? textsOf(before).map(({ text }) => text) : []);
  const places = textsOf(body).filter(({ text }) => text.trim() !== '');
  const last = places.at(-1);
  const once = last && places.filter(({ text }) => text === last.text).length === 1;
  return once && !known.has(last.text) ? last : undefined;
}

function toolsOf(body: Body): Body[] | null {
  const lists = [body.tools, body.toolConfig?.tools, body.tools?.[0]?.functionDeclarations];
  const list = lists.findLast(one => Array.isArray(one) && one.length > 0);
  return list ?? null;
}

/** Where this vendor puts sampling parameters. */
const settingsOf = (body: Body): Body =>
  body.generationConfig ??
  body.generation_config ??
  body.inferenceConfig ??
  body.options ??
  body.textGenerationConfig ??
  (body.contents ? Object.assign(body, { generationConfig: {} }).generationConfig : body);

function failing(status: number, type: string): CorpusPlant['make'] {
  return answering(({ answer }) => ({
    head: { status, reason: '', headers: [['content-type', 'application/json']] },
    headAt: answer.headAt ?? 1,
    chunks: [
      {
        at: 2,
        bytes: Buffer.from(JSON.stringify({ error: { type, code: status, message: `${type}: try later` } })),
      },
    ],
    end: { kind: 'complete', at: 9, trailers: [] },
  }));
}

function reversed(value: Json): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map(reversed);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value as JsonObject)
      .reverse()
      // A tool's own result is text to the model, whatever order it has.
      .map(([key, one]) => [key, key === 'response' ? one : reversed(one as Json)]),
  );
}

/** A result that may have been a failure before it was made one. */
const TROUBLE = /error|fail|exception/i;

const renamed = (text: string, model: string): string =>
  text
    .split(model)
    .join(`${model}-other`)
    .split(encodeURIComponent(model))
    .join(`${encodeURIComponent(model)}-other`);

export const CORPUS_PLANTS: readonly CorpusPlant[] = [
  {
    name: 'another model',
    cause: /^model_version_changed$/,
    make: (calls, at) => {
      const { request } = calls[at]!;
      const model = readCall(exchangeOf(calls[at]!))?.requestModel;
      if (!model) return null;
      const body = bodyOf(request);
      if (body && typeof body.model === 'string') body.model = renamed(body.model, model);
      const path = renamed(request.path, model);
      return ending(calls, at, { ...(body ? withBody(request, body) : request), path });
    },
  },
  {
    name: 'another temperature',
    cause: /^sampling_params_changed$/,
    make: asking(body => {
      const settings = settingsOf(body);
      settings.temperature = settings.temperature === 0.35 ? 0.8 : 0.35;
      return true;
    }),
  },
  {
    name: 'a sentence more in the system prompt',
    cause: /^system_prompt_drift$/,
    make: asking(body => {
      const [place] = systemTexts(body);
      place?.set(`${place.text} ${SENTENCE}`);
      return place !== undefined;
    }),
  },
  {
    name: 'another question',
    cause: /^(user_input_changed|prompt_template_drift|retrieved_context_drift)$/,
    make: asking((body, before) => {
      const place = fresh(userTexts, body, before);
      place?.set('How deep is the lake behind the old mill, and who measured it last?');
      return place !== undefined;
    }),
  },
  {
    name: 'another date in the question',
    cause: /^template_variable_drift$/,
    make: (calls, at) => {
      // Put into both runs: the good one is held against the bad one by the caller.
      if (at > 0) return null;
      const body = bodyOf(calls[0]!.request);
      const place = body && fresh(userTexts, body, null);
      if (!place) return null;
      place.set(`${place.text}\nToday is 2026-03-04, 09:15.`);
      return ending(calls, at, withBody(calls[at]!.request, body));
    },
  },
  {
    name: "a tool's description",
    cause: /^tool_schema_drift$/,
    make: asking(body => {
      const tool = toolsOf(body)?.[0];
      const holder = [tool?.function, tool?.toolSpec, tool].find(one => typeof one?.description === 'string');
      if (holder) holder.description = `${holder.description} Never call it twice.`;
      return holder !== undefined;
    }),
  },
  {
    name: 'a parameter more of a tool',
    cause: /^tool_schema_drift$/,
    make: asking(body => {
      const tool = toolsOf(body)?.[0];
      const schemas = [
        tool?.function?.parameters,
        tool?.toolSpec?.inputSchema?.json,
        tool?.input_schema,
        tool?.parameters,
        tool?.parametersJsonSchema,
      ];
      const properties = schemas.find(schema => isObject(schema?.properties))?.properties;
      if (properties) properties.hurry = { type: 'boolean' };
      return properties !== undefined;
    }),
  },
  {
    name: 'a tool fewer',
    cause: /^tool_set_changed$/,
    make: asking(body => {
      const tools = toolsOf(body);
      if (!tools || tools.length < 2) return false;
      tools.pop();
      return true;
    }),
  },
  {
    name: 'another result of a tool',
    cause: /^(upstream_tool_output_drifted|retrieved_context_drift)$/,
    make: asking((body, before) => {
      const place = fresh(toolTexts, body, before);
      if (!place || TROUBLE.test(place.text)) return false;
      place.set('{"answer":"forty-two","unit":"furlongs"}');
      return true;
    }),
  },
  {
    name: 'a tool that failed',
    cause: /^tool_error_or_timeout$/,
    make: asking((body, before) => {
      const place = fresh(toolTexts, body, before);
      if (!place || TROUBLE.test(place.text)) return false;
      place.set('Error: connect ECONNREFUSED 10.0.0.7:5432');
      return true;
    }),
  },
  {
    name: 'another host',
    cause: /^provider_route_changed$/,
    make: sending(request => ({ ...request, host: 'gateway.example' })),
  },
  { name: 'chance', cause: /^model_nondeterminism_/, make: answering(elsewhere) },
  {
    name: 'another model answered',
    cause: /^model_alias_rollover$/,
    make: answering(exchange => {
      const call = readCall(exchange);
      const answer = elsewhere(exchange);
      if (!call?.responseModel || !answer) return null;
      const chunks = Buffer.concat(answer.chunks.map(({ bytes }) => bytes)).toString('latin1');
      const written = JSON.stringify(call.responseModel);
      if (!chunks.includes(written) || answer.chunks.some(({ bytes }) => bytes[0] === 0)) return null;
      const next = chunks.split(written).join(JSON.stringify(`${call.responseModel}-2031-01-01`));
      return { ...answer, chunks: [{ at: 2, bytes: Buffer.from(next, 'latin1') }] };
    }),
  },
  { name: '429', cause: /^rate_limited$/, make: failing(429, 'rate_limit_exceeded') },
  { name: '503', cause: /^overloaded$/, make: failing(503, 'overloaded_error') },
  { name: '500', cause: /^provider_error_unrecovered$/, make: failing(500, 'server_error') },
  {
    name: 'no answer',
    cause: /^timeout_or_disconnect$/,
    make: answering(() => ({ chunks: [], end: { kind: 'reset', at: 5, message: 'read ECONNRESET' } })),
  },
  {
    name: 'a stream that broke',
    cause: /^stream_cut$/,
    make: answering(exchange => {
      if (!readCall(exchange)?.stream) return null;
      const bytes = Buffer.concat(exchange.answer.chunks.map(chunk => chunk.bytes));
      return {
        ...exchange.answer,
        chunks: [{ at: 2, bytes: bytes.subarray(0, bytes.length >> 1) }],
        end: { kind: 'reset', at: 5, message: 'read ECONNRESET' },
      };
    }),
  },
  {
    name: 'a call more',
    cause: /^(control_flow_change|budget_change)$/,
    // The good run ends before its last call: made by the caller's cut.
    make: (calls, at) => (at === calls.length - 1 && at > 0 ? calls.slice(0, at) : null),
  },
  {
    name: 'nothing: members in another order',
    cause: null,
    make: calls =>
      calls.map(({ request, ...rest }) => {
        const body = bodyOf(request);
        return { ...rest, request: body ? withBody(request, reversed(body)) : request };
      }),
  },
  {
    name: 'nothing: other headers',
    cause: null,
    make: calls =>
      calls.map(({ request, ...rest }) => ({
        ...rest,
        request: {
          ...request,
          headers: [...request.headers, ['x-request-id', 'abc'], ['traceparent', '00-1-1-00']],
        },
      })),
  },
  {
    name: 'nothing: a retry that went well',
    cause: null,
    make: (calls, at) => {
      const failed = failing(500, 'server_error')([calls[at]!], 0)![0]!;
      return [...calls.slice(0, at), failed, ...calls.slice(at)];
    },
  },
];

/** The good run of a plant, where it is not the recorded one. */
export function goodOf(plant: CorpusPlant, calls: readonly Recorded[]): readonly Recorded[] | null {
  if (plant.name !== 'another date in the question') return calls;
  const bad = plant.make(calls, 0)?.[0];
  const text =
    bad && Buffer.from(bad.request.body).toString('utf8').replace('2026-03-04, 09:15', '2026-02-28, 17:40');
  return text
    ? [{ ...calls[0]!, request: { ...calls[0]!.request, body: Buffer.from(text) } }, ...calls.slice(1)]
    : null;
}
