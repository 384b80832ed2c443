import { commandInCopy } from '../tape/copied-folder.ts';
import type { Responder } from '../tape/responder.ts';
import type { RunRequest, RunResult } from '../tape/runner.ts';
import type { MutateOptions } from './mutate.ts';
import { type Observation, observe } from './observation.ts';
import type { Workspace } from './workspace.ts';

/** One run, before it is known where it happens. */
export interface RunPlan {
  readonly responder: Responder;
  readonly name: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** The recorded step that is broken. */
  readonly step?: number;
}

/** The request to a runner: the command in a folder. A script named by its whole path is the copy's, too. */
export function requestIn(folder: string, plan: RunPlan, options: MutateOptions): RunRequest {
  const { command, cwd, session } = options;
  return {
    command: commandInCopy(command, cwd, folder),
    cwd: folder,
    responder: plan.responder,
    stdio: 'capture',
    timeoutMs: plan.timeoutMs,
    signal: plan.signal,
    name: plan.name,
    parent: { session: session.start.id, ...(plan.step === undefined ? {} : { step: plan.step }) },
  };
}

/** What a run in `folder` did, the user's own oracle asked. */
export async function observeIn(
  folder: string,
  result: RunResult,
  workspace: Workspace | null,
  { oracle }: MutateOptions,
): Promise<Observation> {
  const files = workspace?.changes(folder) ?? new Map<string, string>();
  const observation = observe(result, files, folder);
  const judged = await oracle?.({ cwd: folder, result, stdout: observation.stdout });
  return judged ? { ...observation, oracle: judged } : observation;
}

/** A run from its program's start, in a copy of its own. */
export async function runCold(
  plan: RunPlan,
  workspace: Workspace | null,
  options: MutateOptions,
): Promise<Observation> {
  const folder = workspace?.borrow() ?? options.cwd;
  try {
    const result = await options.runner.run(requestIn(folder, plan, options));
    return await observeIn(folder, result, workspace, options);
  } finally {
    workspace?.giveBack(folder);
  }
}
