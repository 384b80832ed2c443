/** What an error answer says, whatever the vendor: type or code, and message. */
import { asArray, asObject, asString, isObject, type Json, type JsonObject } from '../wire/json.ts';

export interface StatedError {
  readonly type: string | null;
  readonly message: string;
}

/**
 * The error that a value states, or null where it states none. Forms:
 * `{error: {type, code, message}}` OpenAI, Anthropic; `{error: {status, code, message}}` Google, also as `[{error}]`;
 * `{error: "…"}` Ollama, Hugging Face; `{message, __type?}` Bedrock, Cohere; `{object: "error", message, type}` Mistral,
 * vLLM; `{detail}` FastAPI; `{errors: [{message, code}]}` Cloudflare.
 */
export function statedError(value: Json): StatedError | null {
  if (Array.isArray(value)) return value.length > 0 ? statedError(value[0] as Json) : null;
  if (!isObject(value)) return null;
  const { error } = value;
  if (isObject(error)) return { type: typeOf(error), message: messageOf(error) };
  if (typeof error === 'string' && error !== '') {
    return {
      type: asString(value.error_type) ?? asString(value.code) ?? null,
      message: asString(value.message) ?? error,
    };
  }
  const [first] = asArray(value.errors);
  if (isObject(first)) return { type: typeOf(first), message: messageOf(first) };
  return null;
}

/** The error of an answer with an error status: the body may then be any shape at all. */
export function httpError(
  values: readonly Json[],
  text: string,
  errorTypeHeader: string | undefined,
): StatedError {
  for (const value of values) {
    const stated = statedError(value);
    if (stated) return stated;
  }
  const first = asObject(Array.isArray(values[0]) ? values[0][0] : values[0]);
  // Bedrock: x-amzn-errortype is `ValidationException:http://…`.
  const type = errorTypeHeader?.split(':')[0] ?? typeOf(first);
  const said =
    asString(first.message) ?? asString(first.Message) ?? asString(first.detail) ?? asString(first.title);
  if (said !== undefined) return { type, message: said };
  const rest = Object.keys(first).length > 0 ? JSON.stringify(first) : text.trim();
  return { type, message: rest.slice(0, 2000) };
}

function typeOf(error: JsonObject): string | null {
  const code = typeof error.code === 'number' ? String(error.code) : asString(error.code);
  const type = asString(error.status) ?? asString(error.type) ?? asString(error.__type)?.split('#').at(-1);
  return type ?? code ?? null;
}

function messageOf(error: JsonObject): string {
  return asString(error.message) ?? asString(error.msg) ?? JSON.stringify(error);
}
