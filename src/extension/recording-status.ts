import * as vscode from 'vscode';
import type { Rewind } from './context.ts';
import { COMMAND, CONTEXT } from './ids.ts';
import type { Recording } from './recordings.ts';
import { sessionFacts, sessionTitle } from './session-words.ts';
import type { SessionNode } from './sessions-view.ts';

/** A status bar item while something is recorded: calls, cost, stop. */
export function recordingStatus(rewind: Rewind): void {
  const { recordings } = rewind;
  const item = vscode.window.createStatusBarItem('rewind.recording', vscode.StatusBarAlignment.Left, 50);
  item.name = 'Rewind: recording';
  item.command = COMMAND.stopRecording;
  const update = (): void => {
    const [first, ...others] = recordings.all;
    void vscode.commands.executeCommand('setContext', CONTEXT.recording, first !== undefined);
    if (!first) {
      item.hide();
      return;
    }
    item.text = `$(record) ${sessionFacts(first.summary)}${others.length > 0 ? ` · and ${others.length} more` : ''}`;
    item.tooltip = `Rewind records ${recordings.all.map(({ summary }) => sessionTitle(summary)).join(', ')}. Click to stop.`;
    item.show();
  };
  rewind.keep(item, recordings.onChange(update));
  rewind.command(COMMAND.stopRecording, async (node?: SessionNode) => {
    const chosen = node?.kind === 'recording' ? node.recording : await pick(recordings.all);
    if (!chosen) return;
    try {
      // As Ctrl-C: the recorder passes it to the agent, then writes the end of the session.
      process.kill(chosen.pid, 'SIGINT');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
      rewind.sessions.refresh();
    }
  });
}

async function pick(recordings: readonly Recording[]): Promise<Recording | undefined> {
  if (recordings.length <= 1) return recordings[0];
  const items = recordings.map(recording => ({
    label: sessionTitle(recording.summary),
    description: sessionFacts(recording.summary),
    recording,
  }));
  const picked = await vscode.window.showQuickPick(items, { title: 'Stop a recording' });
  return picked?.recording;
}
