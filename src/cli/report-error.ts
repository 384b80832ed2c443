import { RewindError } from '../errors.ts';
import { EXIT } from './exit-codes.ts';
import { printJsonLine } from './json-output.ts';
import { safeText } from './safe-text.ts';
import { err } from './terminal.ts';

/**
 * Tells the user what went wrong and gives the exit code. A `RewindError` is one line and a hint; anything else is our
 * defect and comes with its stack. With `--json` the same stands on stdout as `{"error": …}`.
 */
export function reportError(error: unknown, json: boolean): number {
  const known = error instanceof RewindError ? error : undefined;
  if (known) {
    err.line(`${err.colours.red('rewind:')} ${safeText(known.message)}`);
    if (known.hint) err.line(`        ${err.colours.dim(safeText(known.hint))}`);
  } else {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    err.line(
      `${err.colours.red('rewind:')} this is a defect of Rewind, please report it with the lines below`,
    );
    err.line(safeText(stack));
  }
  if (json) {
    const message = error instanceof Error ? error.message : String(error);
    printJsonLine({ error: { code: known?.code ?? 'defect', message, hint: known?.hint ?? '' } });
  }
  if (known?.code === 'interrupted') return EXIT.interrupted;
  return known ? EXIT.failed : EXIT.defect;
}
