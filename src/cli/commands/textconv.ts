import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { outlineMarkdown } from '../../dap/outline-text.ts';
import { sessionOutline } from '../../dap/session-outline.ts';
import { openHome } from '../../sessions/home.ts';
import { resolveSession } from '../../sessions/resolve.ts';
import { timelineOf } from '../../timeline/timeline.ts';
import { examples } from '../examples.ts';
import { out } from '../terminal.ts';

export function define(command: Command): void {
  command
    .argument('<session>', 'a .rw file, or any session')
    .description(
      'Print a session as text to be compared: what was said, without times. For `git diff` of cassettes (docs/vscode.md).',
    )
    .action(textconv);
  examples(command, [
    ['echo "*.rw diff=rewind" >> .gitattributes', 'once a repository'],
    ['git config diff.rewind.textconv "rewind textconv"', 'once a clone'],
  ]);
}

function textconv(session: string): void {
  // VS Code's Git asks for the older side of a comparison as text, and sets it against the file itself.
  if (process.env.VSCODE_GIT_COMMAND === 'show') {
    out.stream.write(readFileSync(session));
    return;
  }
  const timeline = timelineOf(resolveSession(openHome(), session));
  out.stream.write(outlineMarkdown(sessionOutline(timeline, { timed: false })));
}
