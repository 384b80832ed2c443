import { safeLine } from './safe-text.ts';
import { err } from './terminal.ts';
import { fitText } from './text-width.ts';

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

export interface Progress {
  /** Says what is being done now. */
  update(text: string): void;
  /** Takes the line away for other output; it comes back by itself. */
  clear(): void;
  /** Takes the line away for good. */
  done(): void;
}

/** A line on a terminal's stderr for work that may take over a second; it appears late, so quick work shows none. */
export function startProgress(text: string): Progress {
  if (!err.isTTY) return { update: () => undefined, clear: () => undefined, done: () => undefined };
  let current = safeLine(text);
  let frame = 0;
  let shown = false;
  const draw = () => {
    shown = true;
    const mark = err.colours.cyan(FRAMES[frame++ % FRAMES.length]!);
    err.stream.write(`\r\u001b[2K${mark} ${fitText(current, err.width - 3)}`);
  };
  const clear = () => {
    if (shown) err.stream.write('\r\u001b[2K');
    shown = false;
  };
  let timer: NodeJS.Timeout = setTimeout(() => {
    draw();
    timer = setInterval(draw, 100);
    timer.unref();
  }, 300);
  timer.unref();
  return {
    update(next) {
      current = safeLine(next);
    },
    clear,
    done() {
      clearTimeout(timer);
      clear();
    },
  };
}

/** Shows progress while `work` runs. */
export async function withProgress<T>(
  text: string,
  work: (progress: Progress) => T | Promise<T>,
): Promise<T> {
  const progress = startProgress(text);
  try {
    // One turn of the event loop for the timer, before work that may never yield.
    return await work(progress);
  } finally {
    progress.done();
  }
}
