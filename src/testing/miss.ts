import { fileURLToPath } from 'node:url';
import { RewindMissError } from './errors.ts';

/** What the engine's answer to a miss says, and clients make an error of. */
const ANSWERED = 'has no recorded answer';

/** Where frames lie that are none of the user's: packages, Node itself, this file's own folder. */
const FOREIGN = /[\\/]node_modules[\\/]|\bnode:|<anonymous>$/;
const HERE = [new URL('.', import.meta.url)].flatMap(({ href }) => [href, fileURLToPath(href)]);

/**
 * The failure of a test that asked for what is not on tape, at the user's own lines that led there. `error`: what the
 * test threw; it is the cause, unless it only says what the engine answered.
 */
export function missError(text: string, error: unknown): RewindMissError {
  const says = error instanceof Error ? error.message : String(error);
  const cause = error === undefined || says.includes(ANSWERED) ? {} : { cause: error };
  const miss = new RewindMissError(text, cause);
  const frames = (error instanceof Error ? (error.stack ?? '') : '')
    .split('\n')
    .filter(
      line => /^\s+at /.test(line) && !FOREIGN.test(line) && !HERE.some(folder => line.includes(folder)),
    );
  miss.stack = [`${miss.name}: ${text}`, ...frames].join('\n');
  return miss;
}
