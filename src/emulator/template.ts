import { lastUserText, type Prompt, toolTurns } from './prompt.ts';

/**
 * Fills `{{…}}` from the request: `{{user}}`, `{{system}}`, `{{model}}`, `{{match.1}}` (groups of the turn's regular
 * expression), `{{tool.NAME.result.a.0.b}}` and `{{tool.NAME.arguments.x}}` (latest call of that tool; `{{tool.NAME}}`
 * is the result's text). What is not there becomes empty. A string that is nothing but one template keeps the value's
 * type, so that tool arguments can be numbers or objects.
 */
export function fill(value: unknown, prompt: Prompt, groups: readonly string[]): unknown {
  if (typeof value === 'string') {
    const whole = /^\{\{([^{}]+)\}\}$/.exec(value);
    return whole ? (lookUp(whole[1]!, prompt, groups) ?? null) : fillText(value, prompt, groups);
  }
  if (Array.isArray(value)) return value.map(item => fill(item, prompt, groups));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fill(item, prompt, groups)]));
}

export function fillText(text: string, prompt: Prompt, groups: readonly string[]): string {
  return text.replace(/\{\{([^{}]+)\}\}/g, (_, path: string) => {
    const found = lookUp(path, prompt, groups);
    if (found === undefined || found === null) return '';
    return typeof found === 'string' ? found : JSON.stringify(found);
  });
}

function lookUp(path: string, prompt: Prompt, groups: readonly string[]): unknown {
  const [head, ...rest] = path.trim().split('.');
  switch (head) {
    case 'user':
      return lastUserText(prompt);
    case 'system':
      return prompt.system;
    case 'model':
      return prompt.model;
    case 'match':
      return groups[Number(rest[0])];
    case 'tool': {
      const [name, side, ...fields] = rest;
      const turn = toolTurns(prompt).findLast(each => each.name === name);
      if (!turn || side === undefined) return turn?.text;
      return walk(side === 'arguments' ? turn.arguments : turn.result, fields);
    }
    default:
      return undefined;
  }
}

function walk(value: unknown, fields: readonly string[]): unknown {
  let at = value;
  for (const field of fields) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, field)) return undefined;
    at = (at as Record<string, unknown>)[field];
  }
  return at;
}
