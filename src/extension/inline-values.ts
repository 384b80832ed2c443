import * as vscode from 'vscode';
import type { Rewind } from './context.ts';
import { DEBUG_TYPE } from './ids.ts';

/** While stopped at a call: what it cost, beside its line. The adapter evaluates; see docs/debugger.md for its expressions. */
const SHOWN = ['usage.total', 'cost', 'finishReason'];

export function inlineValues(rewind: Rewind): void {
  rewind.keep(
    vscode.languages.registerInlineValuesProvider(
      { scheme: 'file' },
      {
        provideInlineValues(_document, viewPort, { stoppedLocation }) {
          if (vscode.debug.activeDebugSession?.type !== DEBUG_TYPE || !rewind.settings.inlineValues)
            return [];
          if (!viewPort.contains(stoppedLocation.start)) return [];
          return SHOWN.map(
            expression => new vscode.InlineValueEvaluatableExpression(stoppedLocation, expression),
          );
        },
      },
    ),
  );
}
