import { homedir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { SETTING } from './ids.ts';

/** The one reader of settings. Each is read when it is asked for, so that a change counts at once. */
export class Settings {
  /** The folder of sessions: the setting, else `REWIND_HOME`, else `~/.rewind`. */
  get home(): string {
    const set = this.#read(SETTING.home, '').trim();
    if (set) return set.startsWith('~/') ? join(homedir(), set.slice(2)) : set;
    return process.env.REWIND_HOME || join(homedir(), '.rewind');
  }

  /** The command that runs a file, by language. */
  get runtimes(): Readonly<Record<string, string>> {
    return this.#read(SETTING.runtimes, {});
  }

  get terminalPath(): boolean {
    return this.#read(SETTING.terminalPath, true);
  }

  get codeLens(): boolean {
    return this.#read(SETTING.codeLens, true);
  }

  get hover(): boolean {
    return this.#read(SETTING.hover, true);
  }

  get inlineValues(): boolean {
    return this.#read(SETTING.inlineValues, true);
  }

  /** How survivors of broken answers stand among the problems. */
  get mutateDiagnostics(): 'off' | 'hint' | 'warning' {
    const set = this.#read<string>(SETTING.mutateDiagnostics, 'warning');
    return set === 'off' || set === 'hint' ? set : 'warning';
  }

  onChange(setting: string, then: () => void): vscode.Disposable {
    return vscode.workspace.onDidChangeConfiguration(change => {
      if (change.affectsConfiguration(setting)) then();
    });
  }

  #read<Value>(setting: string, otherwise: Value): Value {
    return vscode.workspace.getConfiguration().get<Value>(setting) ?? otherwise;
  }
}
