import * as vscode from 'vscode';
import { RewindError } from '../errors.ts';
import type { Rewind } from './context.ts';
import { startSessionDebugging } from './debugging.ts';
import { COMMAND, DEBUG_TYPE } from './ids.ts';
import { requireTrust } from './run-commands.ts';
import { refOf, type StepRef } from './step-commands.ts';
import type { StepNode } from './steps-view.ts';

/** So long the debugger may take to come to a step. */
const PATIENCE = 60_000;

/** Runs a session's agent anew up to a step and goes on from there: from the views, a page, and a frame. */
export function forkFromStep(rewind: Rewind): void {
  rewind.command(COMMAND.forkStep, async (given?: StepNode | StepRef) => {
    requireTrust();
    const ref = given && ('kind' in given || 'step' in given) ? refOf(given) : rewind.position.current;
    const recording = ref && ('recording' in ref ? ref.recording : ref.session);
    if (!ref || !recording) {
      throw new RewindError(
        'no-step',
        'No step is chosen',
        'Choose one in the view "Steps", or debug a session.',
      );
    }
    const frame = await frameAt(rewind, recording, ref.step);
    if (frame) await frame.session.customRequest('restartFrame', { frameId: frame.frameId });
  });
}

/** The debugger's frame at a step, debugging begun where it is not; undefined where the user changed their mind. */
async function frameAt(
  rewind: Rewind,
  recording: string,
  step: number,
): Promise<vscode.DebugStackFrame | undefined> {
  const { position } = rewind;
  const stands = (): boolean => position.current?.recording === recording && position.current.step === step;
  if (!position.debugs(recording)) {
    const allowLive = await askLive();
    if (allowLive === undefined) return undefined;
    const arrived = arrival(rewind, stands);
    await startSessionDebugging(recording, { stopAt: step, allowLive });
    await arrived;
  } else if (!stands()) {
    const arrived = arrival(rewind, stands);
    position.move(recording, step);
    await arrived;
  }
  const item = vscode.debug.activeStackItem;
  if (item instanceof vscode.DebugStackFrame && item.session.type === DEBUG_TYPE) return item;
  throw new RewindError(
    'no-frame',
    'The debugger does not stand at a step',
    'Choose a frame in "Call Stack".',
  );
}

/** Answers that were never recorded cost money. */
async function askLive(): Promise<boolean | undefined> {
  const items = [
    { label: 'Recorded answers only', detail: 'Stops where the recording has no answer.', live: false },
    {
      label: 'Then the provider',
      detail: 'Asks the provider where the recording has no answer. Those calls are paid.',
      live: true,
    },
  ];
  const title = 'Fork: who answers the agent from here on?';
  return (await vscode.window.showQuickPick(items, { title }))?.live;
}

function arrival({ position }: Rewind, stands: () => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const moved = position.onMove(() => {
      if (!stands()) return;
      clearTimeout(timer);
      moved.dispose();
      resolve();
    });
    const timer = setTimeout(() => {
      moved.dispose();
      reject(
        new RewindError('no-frame', 'The debugger did not come to the step', 'Its console may say why.'),
      );
    }, PATIENCE);
  });
}
