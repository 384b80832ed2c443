import type { CompletionPart } from './completion.ts';
import { lastUserText, latestToolTurns, type Prompt } from './prompt.ts';

const QUOTED = 400;

/**
 * Answers what no script covers: repeats what it was told, calls a tool where one is demanded or named, and fills a
 * demanded JSON schema. The same request always gets the same answer.
 */
export function think(prompt: Prompt): readonly CompletionPart[] {
  const results = latestToolTurns(prompt);
  if (results.length > 0) {
    const lines = results.map(result => `${result.name} returned ${quote(result.text)}`);
    return said(prompt, `${lines.join('. ')}.`);
  }
  const wanted = demandedTool(prompt);
  if (wanted) return [{ type: 'tool_call', name: wanted.name, arguments: sample(wanted.parameters) }];
  return said(prompt, `You said: ${quote(lastUserText(prompt))}`);
}

function said(prompt: Prompt, text: string): readonly CompletionPart[] {
  if (prompt.schema === null || prompt.schema === undefined) return [{ type: 'text', text }];
  const value = prompt.schema === true ? { answer: text } : sample(prompt.schema);
  return [{ type: 'text', text: JSON.stringify(value) }];
}

function demandedTool(prompt: Prompt) {
  const { toolChoice, tools } = prompt;
  if (toolChoice === 'none') return undefined;
  if (typeof toolChoice === 'object') return tools.find(tool => tool.name === toolChoice.name);
  if (toolChoice === 'any') return tools[0];
  const text = lastUserText(prompt);
  return tools.find(tool => tool.name !== '' && text.includes(tool.name));
}

function quote(text: string): string {
  return text.length <= QUOTED ? text : `${text.slice(0, QUOTED)}… (${text.length} characters)`;
}

type Schema = Readonly<Record<string, unknown>>;

/** The plainest value that a JSON schema allows. */
export function sample(schema: unknown, root: unknown = schema, depth = 0): unknown {
  if (typeof schema !== 'object' || schema === null || depth > 8) return {};
  const node = schema as Schema;
  if ('const' in node) return node.const;
  if (Array.isArray(node.enum)) return node.enum[0];
  if ('default' in node) return node.default;
  const reference = node.$ref;
  if (typeof reference === 'string') return sample(resolve(reference, root), root, depth + 1);
  for (const key of ['anyOf', 'oneOf', 'allOf']) {
    const options = node[key];
    if (Array.isArray(options)) return sample(options[0], root, depth + 1);
  }
  const type = Array.isArray(node.type) ? node.type[0] : node.type;
  switch (String(type ?? 'object').toLowerCase()) {
    case 'string':
      return 'example';
    case 'integer':
    case 'number':
      return typeof node.minimum === 'number' ? node.minimum : 1;
    case 'boolean':
      return true;
    case 'null':
      return null;
    case 'array':
      return [sample(node.items, root, depth + 1)];
    default: {
      const properties = Object.entries((node.properties ?? {}) as Schema);
      return Object.fromEntries(
        properties.map(([name, property]) => [name, sample(property, root, depth + 1)]),
      );
    }
  }
}

function resolve(reference: string, root: unknown): unknown {
  let at = root;
  for (const key of reference.replace(/^#\//, '').split('/')) {
    at = typeof at === 'object' && at !== null ? (at as Schema)[key] : undefined;
  }
  return at;
}
