import * as vscode from 'vscode';
import type { Rewind } from './context.ts';
import { currentFileConfigurations } from './current-file.ts';
import { startSessionDebugging } from './debugging.ts';
import { COMMAND, DEBUG_TYPE } from './ids.ts';
import { LanguageDebugger } from './language-debugger.ts';
import { clock, dayOf, dayTitle, sessionTitle } from './session-words.ts';
import type { SessionNode } from './sessions-view.ts';

/** So many of the latest sessions are offered when the debug view asks. */
const OFFERED = 10;

/** Debug type `rewind`: where its adapter runs, and what it can be started with. */
export function debugConfigurations(rewind: Rewind): void {
  const languageDebugger = new LanguageDebugger(rewind);
  const { Dynamic } = vscode.DebugConfigurationProviderTriggerKind;
  rewind.keep(
    vscode.debug.registerDebugAdapterDescriptorFactory(DEBUG_TYPE, {
      createDebugAdapterDescriptor: ({ workspaceFolder }) =>
        new vscode.DebugAdapterExecutable(process.execPath, [rewind.engine.script, 'dap'], {
          env: rewind.engine.env,
          ...(workspaceFolder ? { cwd: workspaceFolder.uri.fsPath } : {}),
        }),
    }),
    vscode.debug.registerDebugConfigurationProvider(DEBUG_TYPE, {
      // F5 without a launch.json, or with fields left out.
      resolveDebugConfiguration: (_folder, given) =>
        given.request === 'attach'
          ? given
          : {
              ...given,
              type: DEBUG_TYPE,
              request: 'launch',
              name: given.name || 'Rewind: latest session',
              mode: given.mode ?? 'session',
              session: given.session ?? 'latest',
            },
      // After variables are filled in: nothing of a folder that is not trusted is run.
      resolveDebugConfigurationWithSubstitutedVariables: async (folder, given) => {
        if (given.mode !== 'session' && !vscode.workspace.isTrusted) return refuseToRun();
        try {
          return await languageDebugger.prepare(folder, given);
        } catch (error) {
          rewind.tell(error);
          return undefined;
        }
      },
    }),
    vscode.debug.registerDebugConfigurationProvider(
      DEBUG_TYPE,
      { provideDebugConfigurations: () => [...currentFileConfigurations(rewind), ...latestSessions(rewind)] },
      Dynamic,
    ),
  );
  rewind.command(COMMAND.debugLatest, () => startSessionDebugging('latest'));
  rewind.command(COMMAND.debugSession, (node?: SessionNode | vscode.Uri) => {
    if (node && 'fsPath' in node) return startSessionDebugging(node.fsPath);
    if (node?.kind === 'session') return startSessionDebugging(node.session.id);
    return pickAndDebug(rewind);
  });
}

function refuseToRun(): undefined {
  void vscode.window.showErrorMessage(
    'Rewind runs agents in trusted workspaces only. Recordings can be debugged.',
  );
  return undefined;
}

function latestSessions(rewind: Rewind): vscode.DebugConfiguration[] {
  return rewind.sessions.all.slice(0, OFFERED).map(session => ({
    type: DEBUG_TYPE,
    request: 'launch',
    name: `${sessionTitle(session)} · ${dayTitle(dayOf(session.startedAt), Date.now())} ${clock(session.startedAt)}`,
    mode: 'session',
    session: session.id,
  }));
}

async function pickAndDebug(rewind: Rewind): Promise<void> {
  const picked = await rewind.pickSession('Debug a recorded session');
  if (picked) await startSessionDebugging(picked.id);
}
