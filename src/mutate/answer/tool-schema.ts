import type { ToolDefinition } from '../../providers/call.ts';
import { asArray, asObject, asString } from '../../wire/json.ts';

/** Names of the arguments that a tool's schema demands. */
export function requiredOf(definition: ToolDefinition | undefined): readonly string[] {
  return asArray(asObject(definition?.parameters).required).flatMap(name => asString(name) ?? []);
}

/** The declared JSON Schema type of one argument, in lower case (Gemini writes them in capitals). */
export function typeOfArgument(definition: ToolDefinition | undefined, name: string): string | undefined {
  const { properties } = asObject(definition?.parameters);
  return asString(asObject(asObject(properties)[name]).type)?.toLowerCase();
}
