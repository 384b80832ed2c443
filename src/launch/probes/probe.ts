/** A runtime that agents are written in. */
export type RuntimeId = 'node' | 'python' | 'curl' | 'go' | 'java' | 'ruby' | 'deno' | 'bun';

/**
 * A tiny program that makes one call with each of a runtime's clients: a POST to `PROBE_URL?client=NAME`. It prints one
 * line of JSON for each: `{"client": NAME, "status": 200}`, `{…, "error": text}` or `{…, "missing": true}` where the
 * client is not installed.
 */
export interface Probe {
  readonly runtime: RuntimeId;
  readonly fileName: string;
  readonly source: string;
  /** `program`: the runtime's own file; `script`: where `source` has been written. */
  command(program: string, script: string): readonly string[];
  /** Prints the version on stdout or stderr. */
  readonly versionFlags: readonly string[];
  /** What to do where a client is not captured; by client name, or for all. */
  readonly advice: string;
}
