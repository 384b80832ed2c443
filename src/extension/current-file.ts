import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { SessionSummary } from '../sessions/session.ts';
import type { Rewind } from './context.ts';
import { DEBUG_TYPE } from './ids.ts';
import { sessionTitle } from './session-words.ts';

const LANGUAGES = new Set(['python', 'javascript', 'typescript', 'javascriptreact', 'typescriptreact']);

/** The editor fills these in, so that the configuration can be kept in launch.json. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: the editor's own syntax
const [FILE, FOLDER] = ['${file}', '${workspaceFolder}'];

/** What the debug view offers for the file in front: to record it, and to replay its latest recording. */
export function currentFileConfigurations(rewind: Rewind): readonly vscode.DebugConfiguration[] {
  const document = vscode.window.activeTextEditor?.document;
  if (document?.uri.scheme !== 'file' || !LANGUAGES.has(document.languageId)) return [];
  const runtime = rewind.settings.runtimes[document.languageId.replace(/react$/, '')];
  if (!runtime) return [];
  const file = basename(document.uri.fsPath);
  const latest = rewind.sessions.all.find(session => ran(session, file));
  const common = { type: DEBUG_TYPE, request: 'launch' } as const;
  return [
    {
      ...common,
      name: `Record ${file}`,
      mode: 'record',
      command: [...runtime.trim().split(/\s+/), FILE],
      cwd: FOLDER,
    },
    ...(latest
      ? [{ ...common, name: `Replay ${file} (${sessionTitle(latest)})`, mode: 'replay', session: latest.id }]
      : []),
  ];
}

/** Its command names the file. What a script such as `npm run agent` starts is not known. */
const ran = ({ command }: SessionSummary, file: string): boolean =>
  command.some(word => basename(word.replaceAll('\\', '/')) === file);
