/** Calls `run` once for many calls that come close together: results come by the dozen. */
export function soon(run: () => void, afterMs = 120): { (): void; dispose(): void } {
  let timer: NodeJS.Timeout | undefined;
  const later = (): void => {
    timer ??= setTimeout(() => {
      timer = undefined;
      run();
    }, afterMs);
  };
  return Object.assign(later, { dispose: () => clearTimeout(timer) });
}
