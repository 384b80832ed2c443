import type { RecordedError } from './messages.ts';

/** Thrown in place of a recorded error whose own type cannot be made again. */
export class ToolError extends Error {
  /** The recorded error's type. */
  readonly type: string;

  constructor(type: string, message: string) {
    super(message);
    this.name = 'ToolError';
    this.type = type;
  }
}

/** A tool was to be answered from a recording that has nothing for it. It did not run. */
export class ToolMiss extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ToolMiss';
  }
}

export function describeError(error: unknown): RecordedError {
  if (error instanceof Error) return { type: error.name, message: error.message };
  return { type: typeof error, message: String(error) };
}

/** The built-in types, by name; any other is an Error of that name, which is how code tells them apart. */
export function recordedError({ type, message }: RecordedError): Error {
  const kind: unknown = Reflect.get(globalThis, type);
  if (type === 'Error') return new Error(message);
  if (typeof kind === 'function' && Object.prototype.isPrototypeOf.call(Error, kind)) {
    const error: unknown = Reflect.construct(kind, [message]);
    if (error instanceof Error && error.message === message) return error;
  }
  return new ToolError(type, message);
}
