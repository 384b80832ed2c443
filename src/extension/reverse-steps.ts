import * as vscode from 'vscode';
import type { Rewind } from './context.ts';
import { COMMAND, DEBUG_TYPE } from './ids.ts';

/** The two moves that the debug protocol has no request for: back into what a call did, and back out to what led to it. */
export function reverseSteps(rewind: Rewind): void {
  const ask = (request: string) => async () => {
    const item = vscode.debug.activeStackItem;
    const session = item?.session ?? vscode.debug.activeDebugSession;
    if (session?.type === DEBUG_TYPE) await session.customRequest(request, { threadId: item?.threadId });
  };
  rewind.command(COMMAND.stepBackInto, ask('rewind/stepBackIn'));
  rewind.command(COMMAND.stepBackOut, ask('rewind/stepBackOut'));
}
