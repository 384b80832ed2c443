import { isDeepStrictEqual } from 'node:util';
import { isObject, type Json, type JsonObject } from '../../wire/json.ts';

/** A place in a JSON value: names and indices from the outside in. */
export type Path = readonly (string | number)[];

export function valueAt(value: Json | undefined, path: Path): Json | undefined {
  let here = value;
  for (const key of path) {
    if (typeof here !== 'object' || here === null) return undefined;
    here = Array.isArray(here) ? here[key as number] : (here as JsonObject)[key];
  }
  return here;
}

/** A copy with another value at the path. */
export function withValueAt(value: Json | undefined, path: Path, next: Json): Json {
  const [key, ...rest] = path;
  if (key === undefined) return next;
  if (Array.isArray(value))
    return value.map((one: Json, i) => (i === key ? withValueAt(one, rest, next) : one));
  const object = (value ?? {}) as JsonObject;
  return { ...object, [key]: withValueAt(object[key], rest, next) };
}

/** Where a value stands inside another one; every place, the outermost first. */
export function placesOf(value: Json | undefined, wanted: Json, path: Path = []): readonly Path[] {
  if (isDeepStrictEqual(value, wanted)) return [path];
  if (Array.isArray(value)) return value.flatMap((one: Json, i) => placesOf(one, wanted, [...path, i]));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, one]) => placesOf(one, wanted, [...path, name]));
}
