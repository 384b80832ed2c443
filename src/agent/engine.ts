/** Where Rewind's engine listens for what this process says of its tools; absent where Rewind is not running. */
export interface Engine {
  readonly host: string;
  readonly port: number;
  readonly path: string;
  /** Absent while recording; else what becomes of tools: `own` = what each tool wants. */
  readonly replay?: 'tape' | 'run' | 'own';
}

let read: Readonly<Record<string, string | undefined>> = {};
let current: Engine | undefined;

/** Read again where the environment has changed: test runners turn Rewind on and off in a process that runs already. */
export function engine(): Engine | undefined {
  const { REWIND_TOOLS } = process.env;
  if (REWIND_TOOLS === undefined) return undefined;
  const { REWIND_REPLAY } = process.env;
  if (REWIND_TOOLS !== read.REWIND_TOOLS || REWIND_REPLAY !== read.REWIND_REPLAY) {
    read = { REWIND_TOOLS, REWIND_REPLAY };
    current = engineFrom(read);
  }
  return current;
}

/** Whether a tool must not run even where the engine cannot be asked. */
export function wantsTape({ replay }: Engine, own: string | undefined): boolean {
  return replay === 'tape' || (replay === 'own' && own === 'tape');
}

export function engineFrom(env: Readonly<Record<string, string | undefined>>): Engine | undefined {
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
