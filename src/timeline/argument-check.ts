import { canonicalJson } from '../tape/canonical-json.ts';

type Schema = Readonly<Record<string, unknown>>;

/**
 * Why a value does not fit a JSON Schema, in words; null where it fits. Reads what vendors' tool schemas are made of:
 * type, required, properties, additionalProperties: false, items, enum, const. Anything else fits.
 */
export function problemOf(value: unknown, schema: unknown, where = 'arguments', depth = 0): string | null {
  if (!isSchema(schema) || depth > 50) return null;
  const types = [schema.type].flat().filter(type => typeof type === 'string');
  if (types.length > 0 && !types.some(type => hasType(value, type.toLowerCase()))) {
    if (!(value === null && schema.nullable === true)) {
      return `${where} is ${nameOf(value)} where ${types.join(' or ')} is wanted`;
    }
    return null;
  }
  const allowed: unknown = schema.enum ?? ('const' in schema ? [schema.const] : undefined);
  if (Array.isArray(allowed) && !allowed.some(one => canonicalJson(one) === canonicalJson(value))) {
    return `${where} is ${JSON.stringify(value)}, which is none of ${JSON.stringify(allowed)}`;
  }
  if (Array.isArray(value))
    return firstProblem(value.entries(), ([i, one]) =>
      problemOf(one, schema.items, `${where}[${i}]`, depth + 1),
    );
  return isSchema(value) ? objectProblem(value, schema, where, depth) : null;
}

function objectProblem(value: Schema, schema: Schema, where: string, depth: number): string | null {
  const properties = isSchema(schema.properties) ? schema.properties : {};
  const required = Array.isArray(schema.required) ? schema.required : [];
  const missing = required.find(name => typeof name === 'string' && !Object.hasOwn(value, name));
  if (missing !== undefined) return `${where} lacks ${JSON.stringify(missing)}`;
  return firstProblem(Object.entries(value), ([name, one]) => {
    if (Object.hasOwn(properties, name))
      return problemOf(one, properties[name], `${where}.${name}`, depth + 1);
    return schema.additionalProperties === false
      ? `${where} has ${JSON.stringify(name)}, which the tool does not know`
      : null;
  });
}

function firstProblem<T>(items: Iterable<T>, problem: (item: T) => string | null): string | null {
  for (const item of items) {
    const found = problem(item);
    if (found !== null) return found;
  }
  return null;
}

function hasType(value: unknown, type: string): boolean {
  switch (type) {
    case 'object':
      return isSchema(value);
    case 'array':
      return Array.isArray(value);
    case 'integer':
      return Number.isInteger(value);
    case 'number':
    case 'string':
    case 'boolean':
      return typeof value === type;
    case 'null':
      return value === null;
    default:
      return true;
  }
}

const nameOf = (value: unknown): string =>
  value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;

const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
