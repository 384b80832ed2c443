import type { ToolDefinition } from '../providers/call.ts';
import { canonicalJson } from '../tape/canonical-json.ts';
import { fieldDifferences } from '../tape/field-diff.ts';

export type ToolChange =
  | { readonly kind: 'added' | 'removed'; readonly tool: ToolDefinition }
  | { readonly kind: 'schema'; readonly name: string; readonly places: readonly ToolPlace[] }
  | { readonly kind: 'order'; readonly good: string; readonly bad: string };

export interface ToolPlace {
  readonly path: string;
  readonly good: string | null;
  readonly bad: string | null;
}

export function toolChanges(
  good: readonly ToolDefinition[],
  bad: readonly ToolDefinition[],
): readonly ToolChange[] {
  const left = new Map(good.map(tool => [tool.name, tool]));
  const right = new Map(bad.map(tool => [tool.name, tool]));
  const changes: ToolChange[] = [];
  for (const [name, tool] of left) if (!right.has(name)) changes.push({ kind: 'removed', tool });
  for (const [name, tool] of right) {
    const before = left.get(name);
    if (!before) {
      changes.push({ kind: 'added', tool });
      continue;
    }
    const places = fieldDifferences(...definitions(before, tool)).map(({ path, before: was, after: is }) => ({
      path: path.replace(/^\$\.?/, ''),
      good: was === undefined ? null : textOf(was),
      bad: is === undefined ? null : textOf(is),
    }));
    if (places.length > 0) changes.push({ kind: 'schema', name, places });
  }
  if (changes.length > 0) return changes;
  const order = (tools: readonly ToolDefinition[]): string => tools.map(({ name }) => name).join(', ');
  return order(good) === order(bad) ? [] : [{ kind: 'order', good: order(good), bad: order(bad) }];
}

/** Both definitions as they were sent; where they were sent in other wrappings, what is in them. */
function definitions(one: ToolDefinition, two: ToolDefinition): readonly [unknown, unknown] {
  return wrappingOf(one) === wrappingOf(two)
    ? [definitionOf(one), definitionOf(two)]
    : [contentOf(one), contentOf(two)];
}

const WRAPPINGS =
  /^(function|custom|toolSpec|parameters|parametersJsonSchema|parameters_json_schema|input_schema|inputSchema|parameter_definitions)$/;

/** Chat completions put a definition into `function`, Bedrock into `toolSpec`; each calls its schema something else. */
function wrappingOf({ raw }: ToolDefinition): string {
  const names = Object.keys(raw ?? {}).filter(name => WRAPPINGS.test(name));
  return names.length === 0 ? 'parameters' : names.sort().join();
}

/** Gemini writes the types of JSON Schema in capitals. */
function contentOf({ description, parameters }: ToolDefinition): unknown {
  return { description, parameters: lowerTypes(parameters) ?? {} };
}

function lowerTypes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(lowerTypes);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [
      name,
      name === 'type' && typeof one === 'string' ? one.toLowerCase() : lowerTypes(one),
    ]),
  );
}

/** A definition without marks that only concern caching, and without what is said to be nothing. */
function definitionOf({ description, parameters, raw }: ToolDefinition): unknown {
  if (typeof raw !== 'object' || raw === null) return { description, parameters };
  const { cache_control: _, ...rest } = raw as Readonly<Record<string, unknown>>;
  return Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== null));
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : canonicalJson(value));
