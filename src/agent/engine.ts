/** Where Rewind's engine listens for what this process says of its tools; absent where Rewind is not running. */
export interface Engine {
  readonly host: string;
  readonly port: number;
  readonly path: string;
  /** Absent while recording; else what becomes of tools: `own` = what each tool wants. */
  readonly replay?: 'tape' | 'run' | 'own';
}

let current = fromEnvironment(process.env);

export const engine = (): Engine | undefined => current;

/** Turns the helpers on or off in a process that runs already, as a test runner does. */
export function connect(env: Readonly<Record<string, string | undefined>>): void {
  current = fromEnvironment(env);
}

/** Whether a tool must not run even where the engine cannot be asked. */
export function wantsTape({ replay }: Engine, own: string | undefined): boolean {
  return replay === 'tape' || (replay === 'own' && own === 'tape');
}

function fromEnvironment(env: Readonly<Record<string, string | undefined>>): Engine | undefined {
  const { REWIND_TOOLS: address, REWIND_REPLAY: replay } = env;
  if (!address || !URL.canParse(address)) return undefined;
  const { hostname, port, pathname } = new URL(address);
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port) || 80,
    path: pathname,
    ...(replay === 'tape' || replay === 'run' || replay === 'own' ? { replay } : {}),
  };
}
