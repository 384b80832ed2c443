import * as vscode from 'vscode';
import type { Rewind } from './context.ts';
import { COMMAND } from './ids.ts';

export function logCommands(rewind: Rewind): void {
  rewind.command(COMMAND.showLog, () => rewind.log.show());
  rewind.command(COMMAND.openWalkthrough, () =>
    vscode.commands.executeCommand(
      'workbench.action.openWalkthrough',
      `${rewind.extension.extension.id}#rewind.start`,
    ),
  );
}
