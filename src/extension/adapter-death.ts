import * as vscode from 'vscode';
import { RewindError } from '../errors.ts';
import type { Rewind } from './context.ts';
import { DEBUG_TYPE } from './ids.ts';

/** Tells of a debug adapter that died: the editor only ends the session then, without a word. */
export function adapterDeath(rewind: Rewind): void {
  rewind.keep(
    vscode.debug.registerDebugAdapterTrackerFactory(DEBUG_TYPE, {
      createDebugAdapterTracker: ({ name }) => {
        let ending = false;
        return {
          onWillStopSession: () => {
            ending = true;
          },
          onWillReceiveMessage: ({ command }) => {
            ending ||= command === 'disconnect' || command === 'terminate';
          },
          onDidSendMessage: ({ event }) => {
            ending ||= event === 'terminated';
          },
          onExit: code => {
            if (!ending) rewind.tell(died(name, code));
          },
        };
      },
    }),
  );
}

function died(name: string, code: number | undefined): RewindError {
  const how = code === undefined ? 'was killed' : `ended with ${code}`;
  return new RewindError(
    'debugger-died',
    `The debugger of "${name}" ${how}`,
    'Recordings keep all that had come until then: start it again, and report it if it ends again',
  );
}
