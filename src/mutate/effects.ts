import type { ToolCall } from '../providers/call.ts';
import { readCall } from '../providers/read-call.ts';
import { wholeExchanges } from '../sessions/reader.ts';
import type { SessionReader } from '../sessions/session.ts';
import { canonicalJson } from '../tape/canonical-json.ts';
import { textOf } from '../timeline/step-view.ts';
import { asObject, asString, parseJson } from '../wire/json.ts';
import { saysError } from './error-words.ts';

/** A tool that ran: a helper told so, a later request carried its result, or it is a request that changes something. */
export interface Effect {
  readonly name: string;
  /** The vendor's id of the call, else its name. */
  readonly key: string;
  /** As canonical JSON, or as sent where they are none. */
  readonly args: string;
  readonly result: string;
  readonly isError: boolean;
  /** How often: a call that is given twice and whose result comes twice ran twice. */
  readonly times: number;
}

/**
 * The effects ledger: which tools ran with what. What a helper inside the agent tells of a tool counts; of others, what the
 * agent's requests tell; and requests to other than models that change something (`--all-http`).
 */
export function effectsOf(session: SessionReader): readonly Effect[] {
  const reported = reportedBy(session);
  const names = new Set(reported.map(({ name }) => name));
  return [...reported, ...carriedIn(session).filter(({ name }) => !names.has(name)), ...sentIn(session)];
}

function reportedBy({ tools }: SessionReader): readonly Effect[] {
  const ledger = new Map<string, Effect>();
  for (const { name, callId, arguments: given, result, error, label, method } of tools) {
    if (method !== undefined) continue;
    const args = canonicalJson(given ?? null);
    const key = callId ?? `${name} ${args}`;
    const before = ledger.get(key);
    if (label === 'MISS') {
      // A tape gives each result once: asked for the same again, the tool would have run once more.
      if (before) ledger.set(key, { ...before, times: before.times + 1 });
      continue;
    }
    const text = error ?? (typeof result === 'string' ? result : JSON.stringify(result ?? null));
    const times = (before?.times ?? 0) + 1;
    ledger.set(key, { name, key, args, result: text, isError: error !== undefined, times });
  }
  return [...ledger.values()];
}

/** Requests that change something; an MCP call by the name of its tool. Equal ones are one effect, several times. */
function sentIn(session: SessionReader): readonly Effect[] {
  const hosts = session.start.extraHosts ?? [];
  const ledger = new Map<string, Effect>();
  for (const exchange of wholeExchanges(session)) {
    const { request, answer, label } = exchange;
    if (label === 'MISS' || !/^(post|put|patch|delete)$/i.test(request.method)) continue;
    if (readCall(exchange, hosts)) continue;
    const sent = parseJson(request.body);
    const rpc = sent.ok ? asObject(sent.value) : {};
    if (rpc.jsonrpc === '2.0' && rpc.method !== 'tools/call') continue;
    const tool = rpc.jsonrpc === '2.0' ? asObject(rpc.params) : null;
    const [path = ''] = request.path.split('?');
    const name = tool ? `mcp/${asString(tool.name) ?? ''}` : `${request.method} ${request.host}${path}`;
    const args = tool
      ? canonicalJson(tool.arguments ?? null)
      : sent.ok
        ? canonicalJson(sent.value)
        : Buffer.from(request.body).toString('utf8');
    const key = `sent ${name} ${args}`;
    const isError = (answer.head?.status ?? 599) >= 400;
    const result = isError ? `status ${answer.head?.status ?? 'none'}` : '';
    ledger.set(key, { name, key, args, result, isError, times: (ledger.get(key)?.times ?? 0) + 1 });
  }
  return [...ledger.values()];
}

/** A result counts once for each time that the model's answer with its call was given before it. */
function carriedIn(session: SessionReader): readonly Effect[] {
  const hosts = session.start.extraHosts ?? [];
  const ledger = new Map<string, Effect>();
  const open = new Set<string>();
  /** Calls as they were given: a conversation kept by the provider does not repeat them. */
  const given = new Map<string, ToolCall>();
  for (const exchange of wholeExchanges(session)) {
    const call = readCall(exchange, hosts);
    if (!call) continue;
    const asked = new Map<string, ToolCall>();
    const seen = new Map<string, number>();
    for (const part of call.messages.flatMap(({ parts }) => parts)) {
      if (part.type === 'tool_call')
        asked.set(nth(keyOf(part.call.id, part.call.name), seen, 'call'), part.call);
      if (part.type !== 'tool_result') continue;
      const { id, name, content, isError } = part.result;
      const key = nth(keyOf(id, name), seen, 'result');
      const of = asked.get(key) ?? given.get(key);
      const before = ledger.get(key);
      if (before && !open.has(key)) continue;
      open.delete(key);
      const result = textOf(content);
      const ranBefore = before !== undefined && !isRefused(before);
      // Asked again, it was refused: that it ran before stands.
      if (ranBefore && isRefused({ isError, result })) continue;
      ledger.set(key, {
        name: of?.name ?? name ?? 'unknown',
        key,
        args: of ? canonical(of) : (before?.args ?? ''),
        result,
        isError,
        times: (ranBefore ? before.times : 0) + 1,
      });
    }
    for (const part of call.output.parts) {
      if (part.type !== 'tool_call') continue;
      const key = nth(keyOf(part.call.id, part.call.name), seen, 'call');
      given.set(key, part.call);
      open.add(key);
    }
  }
  return [...ledger.values()];
}

/** Its result speaks of an error: it did not run. Refused and then, put right, run under the same id, it has run once. */
export const isRefused = ({ isError, result }: Pick<Effect, 'isError' | 'result'>): boolean =>
  isError || saysError(result);

/** The second call of a key in one conversation goes with the second result: vendors without ids, answers given twice. */
function nth(key: string, seen: Map<string, number>, what: string): string {
  const count = (seen.get(`${what} ${key}`) ?? 0) + 1;
  seen.set(`${what} ${key}`, count);
  return count === 1 ? key : `${key} ${count}`;
}

const keyOf = (id: string | null, name: string | null): string => id ?? `name ${name ?? ''}`;

function canonical({ arguments: args, argumentsText }: ToolCall): string {
  return args === undefined ? argumentsText : canonicalJson(args);
}

const LOOKING =
  /^(get|track|list|search|find|fetch|read|look_?up|query|describe|check|show|count|view|retrieve|calculate|compute)/i;

/** Whether running it twice, or with other arguments, does harm; told by the first word of its name. */
export function isHarmless(name: string): boolean {
  return LOOKING.test(name.replace(/^.*(__|\.|\/)/, ''));
}
