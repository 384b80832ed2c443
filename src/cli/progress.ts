import { safeLine } from './safe-text.ts';
import { err } from './terminal.ts';
import { fitText } from './text-width.ts';

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
/** Quick work shows none. */
const PATIENCE_MS = 300;
const FRAME_MS = 100;

export interface Progress {
  /** Says what is being done now. Draws by itself where the work leaves the event loop no turn. */
  update(text: string): void;
  /** Takes the line away for other output; it comes back by itself. */
  clear(): void;
  /** Takes the line away for good. */
  done(): void;
}

const silent: Progress = { update: () => undefined, clear: () => undefined, done: () => undefined };

/** A line on a terminal's stderr for work that may take over a second. `atOnce`: for work that is known to be long. */
export function startProgress(text: string, atOnce = false): Progress {
  if (!err.isTTY) return silent;
  let current = safeLine(text);
  let frame = 0;
  let shown = false;
  let due = performance.now() + (atOnce ? 0 : PATIENCE_MS);
  const drawIfDue = () => {
    if (performance.now() < due) return;
    due = performance.now() + FRAME_MS;
    shown = true;
    const mark = err.colours.cyan(FRAMES[frame++ % FRAMES.length]!);
    err.stream.write(`\r\u001b[2K${mark} ${fitText(current, err.width - 3)}`);
  };
  const clear = () => {
    if (shown) err.stream.write('\r\u001b[2K');
    shown = false;
  };
  drawIfDue();
  const timer = setInterval(drawIfDue, FRAME_MS);
  timer.unref();
  return {
    update(next) {
      current = safeLine(next);
      drawIfDue();
    },
    clear,
    done() {
      clearInterval(timer);
      clear();
    },
  };
}

/** Shows progress while `work` runs. */
export async function withProgress<T>(
  text: string,
  work: (progress: Progress) => T | Promise<T>,
  atOnce = false,
): Promise<T> {
  const progress = startProgress(text, atOnce);
  try {
    return await work(progress);
  } finally {
    progress.done();
  }
}

/** Exchanges from which on reading a whole session may be felt. */
export const LONG_SESSION = 300;
