import * as vscode from 'vscode';
import { RewindError } from '../errors.ts';
import { adapterDeath } from './adapter-death.ts';
import { bisectSessions } from './bisect-sessions.ts';
import { callSiteHints } from './call-site-hints.ts';
import type { Contribution, Rewind } from './context.ts';
import { debugConfigurations } from './debug-configurations.ts';
import { DebuggerPosition } from './debugger-position.ts';
import { deleteSessions } from './delete-sessions.ts';
import { Engine } from './engine.ts';
import { forkFromStep } from './fork-from-step.ts';
import { SETTING } from './ids.ts';
import { inlineValues } from './inline-values.ts';
import { logCommands } from './log-commands.ts';
import { mutateAgents } from './mutate-agents.ts';
import { recorderDeath } from './recorder-death.ts';
import { recordingPages } from './recording-pages.ts';
import { recordingStatus } from './recording-status.ts';
import { Recordings } from './recordings.ts';
import { reverseSteps } from './reverse-steps.ts';
import { runCommands } from './run-commands.ts';
import { Selection } from './selection.ts';
import { sessionCommands } from './session-commands.ts';
import { SessionList } from './session-list.ts';
import { pickSession } from './session-picker.ts';
import { sessionsView } from './sessions-view.ts';
import { Settings } from './settings.ts';
import { stepCommands } from './step-commands.ts';
import { stepsView } from './steps-view.ts';
import { terminalPath } from './terminal-path.ts';
import { Timelines } from './timelines.ts';
import { sweepTrash } from './trash.ts';

const CONTRIBUTIONS: readonly Contribution[] = [
  debugConfigurations,
  adapterDeath,
  recordingPages,
  sessionsView,
  stepsView,
  stepCommands,
  forkFromStep,
  reverseSteps,
  sessionCommands,
  bisectSessions,
  deleteSessions,
  runCommands,
  recordingStatus,
  recorderDeath,
  terminalPath,
  callSiteHints,
  inlineValues,
  mutateAgents,
  logCommands,
];

export function activate(extension: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel('Rewind', { log: true });
  extension.subscriptions.push(log);
  try {
    const rewind = compose(extension, log);
    for (const contribution of CONTRIBUTIONS) contribution(rewind);
    const start = (): void =>
      guarded(log, () => {
        rewind.sessions.start();
        sweepTrash(rewind.sessions.home, Date.now());
      });
    rewind.keep(rewind.settings.onChange(SETTING.home, start));
    // Reading the home can wait until the editor has started.
    setImmediate(start);
  } catch (error) {
    // The editor tells nobody when an extension fails to start.
    tell(log, error);
    throw error;
  }
}

function compose(extension: vscode.ExtensionContext, log: vscode.LogOutputChannel): Rewind {
  const settings = new Settings();
  const bin = vscode.Uri.joinPath(extension.extensionUri, 'dist', 'bin');
  const script = vscode.Uri.joinPath(bin, 'rewind.mjs').fsPath;
  const engine = new Engine({ bin, script }, settings, log);
  const sessions = new SessionList(settings, engine, log);
  const recordings = new Recordings(sessions, log);
  const selection = new Selection();
  const position = new DebuggerPosition(sessions, log);
  extension.subscriptions.push(engine, recordings, sessions, selection, position);
  return {
    extension,
    log,
    settings,
    engine,
    sessions,
    recordings,
    selection,
    position,
    timelines: new Timelines(sessions),
    pickSession: (title, without) => pickSession(sessions, title, without),
    tell: error => tell(log, error),
    keep: (...disposables) => extension.subscriptions.push(...disposables),
    command: (id, run) => {
      const register = vscode.commands.registerCommand(id, async (...args) => {
        try {
          return await run(...(args as never[]));
        } catch (error) {
          tell(log, error);
        }
      });
      extension.subscriptions.push(register);
    },
  };
}

function guarded(log: vscode.LogOutputChannel, run: () => void): void {
  try {
    run();
  } catch (error) {
    tell(log, error);
  }
}

/** What the user can do something about is shown; a defect of ours goes to the log, with its stack. */
function tell(log: vscode.LogOutputChannel, error: unknown): void {
  log.error(error instanceof Error ? error : String(error));
  const known = error instanceof RewindError;
  const text = known
    ? [error.message, error.hint].filter(Boolean).join('. ')
    : 'Something went wrong in Rewind.';
  void vscode.window.showErrorMessage(text, 'Show Log').then(choice => {
    if (choice) log.show();
  });
}
