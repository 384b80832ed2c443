/** What a helper and the engine say to each other: docs/tools.md. */
export interface Question {
  readonly name: string;
  /** JSON-RPC method of an MCP message that is no `tools/call`. */
  readonly method?: string;
  readonly arguments: unknown;
  readonly callId?: string;
  readonly site?: string;
  readonly session?: string;
  readonly replay?: 'tape' | 'run';
}

export interface RecordedError {
  readonly type: string;
  readonly message: string;
  /** What it was made with. */
  readonly arguments?: readonly unknown[];
}

/** Empty for "as you said". */
export interface Answer {
  readonly answer?: 'run' | 'result' | 'error' | 'miss';
  readonly id?: number;
  readonly result?: unknown;
  readonly items?: readonly unknown[];
  readonly forms?: Readonly<Record<string, string>>;
  readonly error?: RecordedError;
  readonly async?: boolean;
  readonly message?: string;
}
