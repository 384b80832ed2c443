import { explainMiss, type Miss } from '../tape/miss.ts';
import type { TapeReport } from '../tape/report.ts';
import { explainToolMiss, type ToolMiss } from '../tape/tool-tape.ts';
import { counted } from './amounts.ts';
import { safeText } from './safe-text.ts';
import { err } from './terminal.ts';

/** More are summed up: the first ones are the cause, the rest follow from them. */
const SHOWN = 3;

export function printMisses(misses: TapeReport['misses']): void {
  const c = err.colours;
  for (const { miss, times } of misses.slice(0, SHOWN)) {
    const [first = '', ...rest] = safeText(explainMiss(miss)).split('\n');
    err.line(`${c.red('miss:')} ${first}${times > 1 ? c.dim(` (asked ${times} times)`) : ''}`);
    for (const line of rest) err.line(painted(line));
  }
  if (misses.length > SHOWN) {
    err.line(
      c.red(`and ${counted(misses.length - SHOWN, 'more miss', 'more misses')}; --json lists them all`),
    );
  }
}

export function printToolMisses(misses: TapeReport['tools']['misses']): void {
  const c = err.colours;
  for (const { miss, times } of misses.slice(0, SHOWN)) {
    const [first = '', ...rest] = safeText(explainToolMiss(miss)).split('\n');
    err.line(`${c.red('miss:')} ${first}${times > 1 ? c.dim(` (asked ${times} times)`) : ''}`);
    for (const line of rest) err.line(painted(line));
  }
  if (misses.length > SHOWN)
    err.line(
      c.red(`and ${counted(misses.length - SHOWN, 'more tool', 'more tools')}; --json lists them all`),
    );
}

function painted(line: string): string {
  const c = err.colours;
  if (/^\s+recorded {2}/.test(line)) return c.red(line);
  if (/^\s+asked {5}/.test(line)) return c.green(line);
  return /^\s+\{/.test(line) ? c.cyan(line) : line;
}

/** A miss as `--json` gives it: every field of it, and how often it was asked. */
export function missJson({ miss, times }: { readonly miss: Miss; readonly times: number }): object {
  const { seq, reason, endpoint, model, fingerprint, nearest, differences, rule } = miss;
  return { call: seq, times, reason, endpoint, model, fingerprint, nearest, differences, rule };
}

export function toolMissJson({ miss, times }: { readonly miss: ToolMiss; readonly times: number }): object {
  const { name, reason, arguments: asked, recorded } = miss;
  return { name, times, reason, recorded, asked };
}
