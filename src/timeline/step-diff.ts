import type { Call, Message, Part } from '../providers/call.ts';
import { canonicalJson } from '../tape/canonical-json.ts';
import { fieldDifferences } from '../tape/field-diff.ts';
import { alignSequences, type Item } from './align-sequence.ts';
import { outline } from './message-outline.ts';
import { type WordRun, wordDiff } from './word-diff.ts';

/** Which part of a call a change is in. */
export type Section =
  | 'model'
  | 'parameters'
  | 'system'
  | 'tools'
  | 'messages'
  | 'output'
  | 'finish reason'
  | 'error';

/** One change between two calls. */
export interface StepChange {
  readonly section: Section;
  /** Where in the section: a parameter's path, a tool's name and path, a message's number and role. Empty: all of it. */
  readonly field: string;
  /** Absent: not there. Texts as texts, other values as JSON. */
  readonly before?: string;
  readonly after?: string;
  /** Word by word, where both sides are text. */
  readonly words?: readonly WordRun[];
}

/** What differs between two calls, field by field, in the order in which a call is read. */
export function stepDiff(before: Call, after: Call): readonly StepChange[] {
  return [
    ...valueChanges('model', '', before.requestModel, after.requestModel),
    ...valueChanges('model', 'answered by', before.responseModel, after.responseModel),
    ...valueChanges('parameters', 'stream', before.stream, after.stream),
    ...fieldChanges('parameters', '', before.parameters, after.parameters),
    ...textChanges('system', '', spoken(before.system), spoken(after.system)),
    ...toolChanges(before, after),
    ...messageChanges(before.messages, after.messages),
    ...textChanges('output', '', spoken(before.output.parts), spoken(after.output.parts)),
    ...alternativeChanges(before, after),
    ...valueChanges('finish reason', '', before.finishReason, after.finishReason),
    ...valueChanges('error', '', errorText(before), errorText(after)),
  ];
}

function valueChanges(
  section: Section,
  field: string,
  before: unknown,
  after: unknown,
): readonly StepChange[] {
  if (canonicalJson(before ?? null) === canonicalJson(after ?? null)) return [];
  return [change(section, field, before ?? undefined, after ?? undefined)];
}

function fieldChanges(
  section: Section,
  prefix: string,
  before: unknown,
  after: unknown,
): readonly StepChange[] {
  return fieldDifferences(before, after).map(({ path, before: was, after: is }) =>
    change(section, `${prefix}${path.replace(/^\$\.?/, prefix ? ' ' : '')}`, was, is),
  );
}

function textChanges(section: Section, field: string, before: string, after: string): readonly StepChange[] {
  return before === after ? [] : [change(section, field, before || undefined, after || undefined)];
}

function change(section: Section, field: string, before: unknown, after: unknown): StepChange {
  const [was, is] = [before, after].map(shown);
  const texts = typeof before === 'string' && typeof after === 'string';
  return {
    section,
    field,
    ...(was === undefined ? {} : { before: was }),
    ...(is === undefined ? {} : { after: is }),
    ...(texts ? { words: wordDiff(before, after) } : {}),
  };
}

function shown(value: unknown): string | undefined {
  return typeof value === 'string' ? value : value === undefined ? undefined : JSON.stringify(value);
}

function toolChanges(before: Call, after: Call): readonly StepChange[] {
  const left = new Map(before.tools.map(tool => [tool.name, tool]));
  const right = new Map(after.tools.map(tool => [tool.name, tool]));
  const changes = [...new Set([...left.keys(), ...right.keys()])].flatMap(name => {
    const [was, is] = [left.get(name), right.get(name)];
    if (was && is) return fieldChanges('tools', name, was.raw, is.raw);
    return [change('tools', name, was?.raw, is?.raw)];
  });
  if (changes.length > 0) return changes;
  const [order, newOrder] = [before, after].map(call => call.tools.map(tool => tool.name).join(', '));
  return order === newOrder ? [] : [change('tools', 'order', order, newOrder)];
}

/** Messages are aligned, so that one put in between does not change all that follow. */
function messageChanges(before: readonly Message[], after: readonly Message[]): readonly StepChange[] {
  const items = (messages: readonly Message[]): readonly Item[] =>
    messages.map(message => ({ kind: message.role, keys: [spoken(message.parts), outline(message), ''] }));
  return alignSequences(items(before), items(after)).flatMap(([i, j]) => {
    const [was, is] = [i === null ? undefined : before[i]!, j === null ? undefined : after[j]!];
    const field = `${(j ?? i)! + 1} ${(is ?? was)!.role}`;
    const [textBefore, textAfter] = [was && spoken(was.parts), is && spoken(is.parts)];
    return textBefore === textAfter ? [] : [change('messages', field, textBefore, textAfter)];
  });
}

function alternativeChanges(before: Call, after: Call): readonly StepChange[] {
  const count = Math.max(before.output.alternatives.length, after.output.alternatives.length);
  return Array.from({ length: count }, (_, i) => {
    const [was = [], is = []] = [before.output.alternatives[i], after.output.alternatives[i]];
    return textChanges('output', `choice ${i + 2}`, spoken(was), spoken(is));
  }).flat();
}

function errorText({ error }: Call): string | null {
  return error && `${error.status} ${error.type ?? ''} ${error.message}`.replace(/\s+/g, ' ');
}

/** Parts as one readable text, without ids: a change of ids alone is no change. */
export function spoken(parts: readonly Part[]): string {
  return parts.map(spokenPart).join('\n');
}

function spokenPart(part: Part): string {
  if (part.type === 'text') return part.text;
  if (part.type === 'reasoning') return `(reasoning) ${part.text}`;
  if (part.type === 'refusal') return `(refusal) ${part.text}`;
  if (part.type === 'tool_call') {
    const { name, arguments: parsed, argumentsText } = part.call;
    return `${name}(${parsed === undefined ? argumentsText : canonicalJson(parsed)})`;
  }
  if (part.type === 'tool_result') {
    const { name, isError, content } = part.result;
    return `${isError ? 'error' : 'result'}${name ? ` of ${name}` : ''}: ${spoken(content)}`;
  }
  return `(${part.kind}) ${canonicalJson(part.value)}`;
}
