import { clip } from './clip.ts';

/**
 * The first line of an exception that nobody caught, as Python, Node, Go and others print it; null without one. Python prints
 * what it came of before it.
 */
export function uncaught(stderr: string): string | null {
  const python = [...stderr.matchAll(/^Traceback \(most recent call last\):[\s\S]*?\n(?=\S)(.+)/gm)].at(-1);
  if (python) return clip(python[1]!);
  if (/^Node\.js v\d+/m.test(stderr)) {
    return clip(/^(?:Uncaught )?(\w*(?:Error|Exception)\b.*)/m.exec(stderr)?.[1] ?? 'an uncaught exception');
  }
  const other =
    /^(\[?UnhandledPromiseRejection.*|panic: .*|Segmentation fault.*|Unhandled exception.*)$/m.exec(stderr);
  return other && clip(other[1]!);
}
