/** Building blocks for all dialects: parts, tool calls, and their assembly from a stream. */
import { asString, parseJson } from '../wire/json.ts';
import type { Part, ToolCall, ToolDefinition } from './call.ts';

/** A text part, or none for an empty text. */
export function textParts(text: unknown, type: 'text' | 'reasoning' | 'refusal' = 'text'): Part[] {
  return typeof text === 'string' && text !== '' ? [{ type, text }] : [];
}

/** `args`: the text as sent, or the object (undefined counts as none: `{}`). */
export function toolCall(id: unknown, name: unknown, args: unknown): ToolCall {
  const argumentsText = typeof args === 'string' ? args : JSON.stringify(args ?? {});
  return {
    id: asString(id) ?? null,
    name: asString(name) ?? '',
    argumentsText,
    arguments: typeof args === 'string' ? parsed(args) : (args ?? {}),
  };
}

function parsed(text: string): unknown {
  const json = parseJson(text);
  return json.ok ? json.value : undefined;
}

export function toolDefinition(
  raw: unknown,
  name: unknown,
  description: unknown,
  parameters: unknown,
): ToolDefinition {
  return {
    name: asString(name) ?? '',
    description: asString(description) ?? '',
    parameters: parameters ?? null,
    raw,
  };
}

type Slot =
  | { readonly type: 'text' | 'reasoning' | 'refusal'; text: string }
  | { readonly type: 'tool_call'; id: string | null; name: string; args: string; object: unknown }
  | { readonly type: 'other'; kind: string; value: unknown };

/**
 * Collects a stream's deltas into parts. A part is found again by its key (the vendor's index); parts stand in the order
 * in which they first appeared.
 */
export class PartsBuilder {
  readonly #slots = new Map<string, Slot>();
  #last = '';

  text(key: string, type: 'text' | 'reasoning' | 'refusal', piece: unknown): void {
    if (typeof piece !== 'string' || piece === '') return;
    const slot = this.#slots.get(key);
    if (slot?.type === type) slot.text += piece;
    else if (!slot) this.#open(key, { type, text: piece });
  }

  /** The last text part grows if it has this type, else a new one begins. */
  appendText(type: 'text' | 'reasoning' | 'refusal', piece: unknown): void {
    const open = this.#slots.get(this.#last)?.type === type;
    this.text(open ? this.#last : `+${this.#slots.size}`, type, piece);
  }

  /** `args`: a piece of the arguments' text, or the whole object. */
  tool(key: string, delta: { id?: unknown; name?: unknown; args?: unknown }): void {
    let slot = this.#slots.get(key);
    if (!slot) {
      slot = { type: 'tool_call', id: null, name: '', args: '', object: undefined };
      this.#open(key, slot);
    }
    if (slot.type !== 'tool_call') return;
    if (typeof delta.id === 'string' && delta.id !== '') slot.id ??= delta.id;
    if (typeof delta.name === 'string' && slot.name === '') slot.name = delta.name;
    if (typeof delta.args === 'string') slot.args += delta.args;
    else if (delta.args !== undefined && delta.args !== null) slot.object = delta.args;
  }

  /** The id of the tool call at `key`. */
  toolId(key: string): string | null | undefined {
    const slot = this.#slots.get(key);
    return slot?.type === 'tool_call' ? slot.id : undefined;
  }

  other(key: string, kind: string, value: unknown): void {
    this.#open(key, { type: 'other', kind, value });
  }

  #open(key: string, slot: Slot): void {
    this.#slots.set(key, slot);
    this.#last = key;
  }

  /** Whole parts, as they are. */
  add(parts: readonly Part[]): void {
    for (const part of parts) {
      const key = `+${this.#slots.size}`;
      if (part.type === 'tool_call') {
        this.tool(key, { id: part.call.id, name: part.call.name, args: part.call.argumentsText });
      } else if (part.type === 'other') this.other(key, part.kind, part.value);
      else if (part.type !== 'tool_result') this.text(key, part.type, part.text);
    }
  }

  parts(): Part[] {
    return [...this.#slots.values()].map((slot): Part => {
      if (slot.type === 'other') return { type: 'other', kind: slot.kind, value: slot.value };
      if (slot.type !== 'tool_call') return { type: slot.type, text: slot.text };
      return { type: 'tool_call', call: toolCall(slot.id, slot.name, slot.object ?? slot.args) };
    });
  }
}

/** Vectors, as the vendor sent them. */
export function embeddingParts(vectors: readonly unknown[]): Part[] {
  return vectors.map(value => ({ type: 'other', kind: 'embedding', value }));
}
