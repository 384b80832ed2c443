import { existsSync } from 'node:fs';
import * as vscode from 'vscode';
import { documentName, stepDocument } from '../dap/document.ts';
import { RewindError } from '../errors.ts';
import type { Rewind } from './context.ts';
import { startSessionDebugging } from './debugging.ts';
import { COMMAND } from './ids.ts';
import type { StepNode } from './steps-view.ts';

/** A step of a session of the home. */
export interface StepRef {
  readonly session: string;
  readonly step: number;
}

const SCHEME = 'rewind-step';

/** A step as a read-only document, the way to its call site, and debugging from it. */
export function stepCommands(rewind: Rewind): void {
  rewind.keep(
    vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
      async provideTextDocumentContent(uri) {
        const [session = '', step = ''] = uri.query.split(':');
        const { timeline } = await rewind.timelines.of(session);
        const found = timeline.steps[Number(step)];
        if (found) return stepDocument(timeline, found);
        throw new RewindError('no-such-step', `Session ${session} has no step ${step}`);
      },
    }),
  );
  const open = async ({ session, step }: StepRef): Promise<void> => {
    const { timeline } = await rewind.timelines.of(session);
    const found = timeline.steps[step];
    if (!found) return;
    const uri = vscode.Uri.from({
      scheme: SCHEME,
      path: `/${session.slice(0, 8)}/${documentName(timeline, found)}`,
      query: `${session}:${step}`,
    });
    await vscode.window.showTextDocument(uri, { preview: true, preserveFocus: true });
  };
  rewind.command(COMMAND.openStep, (node: StepNode | StepRef) => open(refOf(node)));
  rewind.command(COMMAND.goToCallSite, async (node: StepNode | StepRef) => {
    const ref = refOf(node);
    const { timeline, sites } = await rewind.timelines.of(ref.session);
    const found = timeline.steps[ref.step];
    const asker = found?.kind === 'tool' ? timeline.steps[found.from] : found;
    const frame = asker && sites.frames(asker).find(({ file }) => existsSync(file));
    // A run without hooks, or files that are not on this machine: the step itself is shown.
    if (!frame) return open(ref);
    const at = new vscode.Position(frame.line - 1, (frame.column ?? 1) - 1);
    await vscode.window.showTextDocument(vscode.Uri.file(frame.file), {
      selection: new vscode.Range(at, at),
      preview: true,
      preserveFocus: true,
    });
  });
  rewind.command(COMMAND.debugStep, (node: StepNode | StepRef) => {
    const { session, step } = refOf(node);
    return startSessionDebugging(session, { stopAt: step });
  });
}

export function refOf(node: StepNode | StepRef): StepRef {
  if (!('kind' in node)) return node;
  if (node.kind === 'step') return { session: node.timeline.session.start.id, step: node.step.index };
  throw new RewindError('no-step', 'No step is chosen', 'Choose one in the view "Steps".');
}
