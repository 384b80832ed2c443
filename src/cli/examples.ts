import type { Command } from 'commander';

/** Examples under a command's help, aligned. */
export function examples(
  command: Command,
  lines: readonly (readonly [line: string, what: string])[],
): Command {
  const width = Math.max(...lines.map(([line]) => line.length));
  const text = lines.map(([line, what]) => `  ${line.padEnd(width)}  ${what}`.trimEnd()).join('\n');
  return command.addHelpText('after', `\nExamples:\n${text}`);
}
