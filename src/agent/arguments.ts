import { isPlain, plain } from './values.ts';

/** A tool's arguments as the model gave them, and the id of its call where a framework passes it on. */
export interface ToolArguments {
  readonly arguments: unknown;
  readonly callId?: string;
}

export function toolArguments(fn: object, args: readonly unknown[]): ToolArguments {
  const own = [...args];
  let callId: string | undefined;
  while (own.length > 1 && isFrameworks(own.at(-1))) {
    const id = callIdOf(own.pop());
    callId ??= id;
  }
  return { arguments: named(fn, own), ...(callId === undefined ? {} : { callId }) };
}

/** One object is what models send; anything else goes by the parameters' names, where the source shows them. */
function named(fn: object, args: readonly unknown[]): unknown {
  const [only] = args;
  if (args.length === 1 && isPlain(only)) return plain(only);
  if (args.length === 0) return {};
  const names = parameterNames(fn);
  if (names.length < args.length) return plain(args);
  return Object.fromEntries(args.map((value, i) => [names[i], plain(value)]));
}

function parameterNames(fn: object): readonly string[] {
  const source = Function.prototype.toString.call(fn);
  const list = /^(?:async\s*)?(?:function\s*\*?\s*)?[\w$]*\s*\(([^()]*)\)/.exec(source)?.[1];
  const single = /^(?:async\s+)?([\w$]+)\s*=>/.exec(source)?.[1];
  const names = (list ?? single ?? '').split(',').map(name => name.replace(/=.*$/s, '').trim());
  return names.every(name => /^[\w$]+$/.test(name)) ? names : [];
}

/** Marks of what the Vercel AI SDK, LangChain, OpenAI's agents and MCP servers hand in behind the model's arguments. */
const MARKS = ['toolCallId', 'toolCall', 'callbacks', 'configurable', 'sendNotification', 'runManager'];
const KINDS = /^(CallbackManager|RunContext|ToolRuntime)/;

function isFrameworks(value: unknown): boolean {
  if (value === undefined) return true;
  if (typeof value !== 'object' || value === null) return false;
  return MARKS.some(mark => mark in value) || KINDS.test(value.constructor?.name ?? '');
}

function callIdOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if ('toolCallId' in value && typeof value.toolCallId === 'string') return value.toolCallId;
  const call: unknown = 'toolCall' in value ? value.toolCall : undefined;
  if (typeof call !== 'object' || call === null) return undefined;
  for (const key of ['callId', 'id']) {
    const id: unknown = Reflect.get(call, key);
    if (typeof id === 'string') return id;
  }
  return undefined;
}
