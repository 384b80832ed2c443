import { EXIT } from './exit-codes.ts';

/** Runs `work`, and `tidy` after it, also where Ctrl-C or TERM cuts it short. */
export async function tidyAfter<T>(work: () => Promise<T>, tidy: () => void): Promise<T> {
  const stop = () => {
    tidy();
    process.exit(EXIT.interrupted);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
  try {
    return await work();
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, stop);
    tidy();
  }
}
