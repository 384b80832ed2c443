import picocolors from 'picocolors';

export type Colours = ReturnType<typeof picocolors.createColors>;

/** One of the process's two outputs, and what can be shown there. */
export interface Terminal {
  readonly stream: NodeJS.WriteStream;
  readonly isTTY: boolean;
  readonly colours: Colours;
  /** Columns; wide for a pipe, where nothing should be cut. */
  readonly width: number;
  line(text?: string): void;
}

/** Colours are for terminals; https://no-color.org wins over FORCE_COLOR, which wins over the guess. */
export function wantsColour(env: NodeJS.ProcessEnv, isTTY: boolean): boolean {
  if (env.NO_COLOR) return false;
  const forced = env.FORCE_COLOR;
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  return isTTY && env.TERM !== 'dumb';
}

function terminal(stream: NodeJS.WriteStream): Terminal {
  const isTTY = stream.isTTY === true;
  return {
    stream,
    isTTY,
    colours: picocolors.createColors(wantsColour(process.env, isTTY)),
    get width() {
      return isTTY ? (stream.columns ?? 80) : 10_000;
    },
    line(text = '') {
      stream.write(`${text}\n`);
    },
  };
}

/** What was asked for goes to `out`; everything said about it goes to `err`. */
export const out = terminal(process.stdout);
export const err = terminal(process.stderr);
