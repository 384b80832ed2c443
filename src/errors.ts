/**
 * Every error a user can see: what happened, in their words, and what to do next. Anything that is not a
 * `RewindError` is a defect of ours and is printed with its stack.
 */
export class RewindError extends Error {
  /** Stable, kebab-case: for `--json` and for tests. */
  readonly code: string;
  /** What to do next, as one sentence; empty where there is nothing to do. */
  readonly hint: string;

  constructor(code: string, message: string, hint = '', options?: ErrorOptions) {
    super(message, options);
    this.name = 'RewindError';
    this.code = code;
    this.hint = hint;
  }
}
