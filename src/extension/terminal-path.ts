import { chmod } from 'node:fs/promises';
import { delimiter } from 'node:path';
import type { Rewind } from './context.ts';
import { SETTING } from './ids.ts';

/** `rewind` on the PATH of the editor's terminals. */
export function terminalPath(rewind: Rewind): void {
  const { settings, engine, log } = rewind;
  const variables = rewind.extension.environmentVariableCollection;
  variables.description = 'Adds `rewind`, the recorder of LLM calls, to PATH';
  const apply = (): void => {
    variables.clear();
    if (!settings.terminalPath) return;
    // A login shell may set PATH anew: shell integration puts ours back in front.
    const late = { applyAtProcessCreation: true, applyAtShellIntegration: true };
    variables.prepend('PATH', `${engine.bin.fsPath}${delimiter}`, late);
    variables.replace('REWIND_NODE', process.execPath, late);
    variables.replace('REWIND_HOME', settings.home, late);
  };
  apply();
  rewind.keep(settings.onChange(SETTING.terminalPath, apply), settings.onChange(SETTING.home, apply));
  // Not every way of installing an extension keeps the mode of its files.
  if (process.platform !== 'win32') {
    chmod(`${engine.bin.fsPath}/rewind`, 0o755).catch((error: Error) => log.debug(`chmod: ${error.message}`));
  }
}
