import type { DebugProtocol } from '@vscode/debugprotocol';
import { type Evaluator, isContainer, shown } from '../timeline/evaluate.ts';
import { parseExpression, ROOT_NAMES } from '../timeline/expression.ts';
import { CALL_NAMES, TOOL_NAMES } from '../timeline/step-view.ts';
import type { Step } from '../timeline/timeline.ts';
import { type ConsoleCommand, commandOf } from './commands.ts';
import { plainText } from './hostile-text.ts';
import type { Walk } from './walk.ts';

type Result = DebugProtocol.EvaluateResponse['body'];

/** `evaluate`: expressions everywhere, commands in the console. */
export async function evaluate(
  walk: Walk,
  { expression, frameId, context }: DebugProtocol.EvaluateArguments,
  requestId: number,
): Promise<Result> {
  const line = expression.trim();
  const inConsole = context === 'repl' || context === undefined;
  if (inConsole) {
    if (line === '') return { result: '', variablesReference: 0 };
    const found = commandOf(line);
    if (found) {
      const { command, words, text } = found;
      return { result: await command.run(walk, words, requestId, text), variablesReference: 0 };
    }
  }
  return evaluated(walk, walk.stepOf(frameId), line, context);
}

/** The value of an expression, as it is shown in a watch, a hover, the console or the clipboard. Throws RewindError. */
export function evaluated(
  walk: Pick<Walk, 'evaluator' | 'values'>,
  step: Step,
  line: string,
  context: string | undefined,
): Result {
  const inConsole = context === 'repl' || context === undefined;
  const parsed = parseExpression(line);
  const value = walk.evaluator.value(parsed, step);
  if (context === 'clipboard') {
    const text = isContainer(value) ? JSON.stringify(value, null, 2) : shown(value);
    return { result: text, variablesReference: 0 };
  }
  const { value: result, ...rest } = walk.values.shown(value, line, step.index);
  // In the console a text is for reading, line by line.
  const readable = inConsole && typeof value === 'string' ? plainText(value) : result;
  return { ...rest, result: readable, presentationHint: { attributes: ['readOnly'] } };
}

interface CompletionPlace {
  readonly evaluator: Evaluator;
  readonly step: Step;
  readonly commands: readonly Pick<ConsoleCommand, 'name' | 'usage' | 'help'>[];
}

/** What can follow what is typed, each as a whole word. */
export function completions(
  { evaluator, step, commands }: CompletionPlace,
  { text, column, line = 1 }: DebugProtocol.CompletionsArguments,
  columnFrom: number,
): DebugProtocol.CompletionItem[] {
  const current = text.split('\n')[line - columnFrom] ?? text;
  const before = current.slice(0, column - columnFrom);
  const [typed = ''] = /[\p{L}\p{N}_$]*$/u.exec(before) ?? [];
  const start = before.length - typed.length;
  const place = { start, length: typed.length };
  const path =
    /((?:\$\w*(?:\(\d+\))?|[\p{L}_]\w*)(?:\.[\p{L}_$][\w$]*|\[(?:-?\d+|"[^"]*"|'[^']*')\])*)\.$/u.exec(
      before.slice(0, start),
    )?.[1];
  if (path !== undefined) {
    return membersOf(evaluator, step, path)
      .filter(name => name.startsWith(typed))
      .map(name => ({ label: name, type: 'property' as const, ...place }));
  }
  const parts: readonly string[] = step.kind === 'call' ? CALL_NAMES : TOOL_NAMES;
  const items: DebugProtocol.CompletionItem[] = [
    ...(before.trim() === typed
      ? commands.map(({ name, usage, help }) => ({
          label: name,
          detail: `${usage}: ${help}`,
          type: 'keyword' as const,
        }))
      : []),
    ...parts.map(label => ({ label, type: 'property' as const })),
    ...['$prev', '$next', '$call', '$step(', 'changed('].map(label => ({ label, type: 'function' as const })),
  ];
  return items.filter(({ label }) => label.startsWith(typed)).map(item => ({ ...item, ...place }));
}

function membersOf(evaluator: Evaluator, step: Step, path: string): readonly string[] {
  const root = /^[\p{L}_]\w*/u.exec(path)?.[0];
  if (root !== undefined && !ROOT_NAMES.has(root)) return [];
  let value: unknown;
  try {
    value = evaluator.value(parseExpression(path), step);
  } catch {
    return []; // half a word is no mistake
  }
  if (typeof value === 'string' || Array.isArray(value)) return ['length'];
  if (!isContainer(value)) return [];
  return Object.keys(value).filter(name => /^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(name));
}
