/** Steps as `rewind inspect --json` gives them (docs/json.md), in the parts that tests look at. */
export interface CallStep {
  readonly kind: 'call';
  /** Place among all steps, and among the calls. */
  readonly index: number;
  readonly call: number;
  readonly model: string | null;
  readonly finishReason: string | null;
  readonly usage: { readonly input: number; readonly output: number } | null;
  readonly costUsd: number | null;
  readonly error: unknown;
  /** How the answer came about: `EXACT`, `RETRY`, … or null on a recording. */
  readonly label: string | null;
  readonly output: { readonly parts: readonly OutputPart[] };
  readonly messages: readonly { readonly role: string; readonly parts: readonly OutputPart[] }[];
  readonly parameters: Readonly<Record<string, unknown>>;
}

export interface OutputPart {
  readonly type: string;
  readonly text?: string;
}

export interface ToolStep {
  readonly kind: 'tool';
  readonly index: number;
  readonly name: string;
  readonly id: string | null;
  /** Parsed; the text itself where it is no JSON. */
  readonly arguments: unknown;
  readonly result: unknown;
  /** What `rewind.tool` told of it; null where it is not wrapped. */
  readonly run: ToolRun | null;
}

/** The tool itself: what it gave or raised, in milliseconds. */
export interface ToolRun {
  readonly name: string;
  readonly arguments: unknown;
  readonly result: unknown;
  readonly error: { readonly type: string; readonly message: string } | null;
  readonly durationMs: number;
  /** `EXACT`: it came from the cassette and did not run; null where it ran. */
  readonly label: string | null;
}

export type Step = CallStep | ToolStep;
