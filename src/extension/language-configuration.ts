import { RewindError } from '../errors.ts';

/** A configuration of the editor, of a language's debugger. */
export interface LanguageConfiguration {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** What the engine would have started itself. */
export interface AgentStart {
  readonly command: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

const NODE = new Set(['node', 'pwa-node']);
const PYTHON = new Set(['debugpy', 'python']);
/** Flags of Python that take a word. */
const WITH_WORD = new Set(['-W', '-X']);

/**
 * A language debugger's configuration that starts the agent as the engine would. `own`: the environment that the debugger
 * would hand down by itself. Throws RewindError.
 */
export function languageConfiguration(
  wanted: LanguageConfiguration,
  start: AgentStart,
  own: Readonly<Record<string, string | undefined>>,
): LanguageConfiguration & { readonly request: string; readonly name: string } {
  const common = { request: 'launch', name: `Agent (${wanted.type})`, cwd: start.cwd };
  const [program = '', ...words] = start.command;
  const removed = Object.keys(own).filter(name => start.env[name] === undefined);
  if (NODE.has(wanted.type)) {
    return {
      ...common,
      console: 'internalConsole',
      outputCapture: 'std',
      // The child of npm, npx or tsx is the agent: js-debug follows.
      runtimeExecutable: program,
      runtimeArgs: words,
      skipFiles: ['<node_internals>/**', '**/node_modules/**'],
      ...wanted,
      env: { ...start.env, ...Object.fromEntries(removed.map(name => [name, null])) },
    };
  }
  if (PYTHON.has(wanted.type)) {
    return {
      ...common,
      console: 'internalConsole',
      redirectOutput: true,
      python: program,
      ...pythonProgram(start.command),
      ...wanted,
      // It knows no way to take a variable away.
      env: { ...start.env, ...Object.fromEntries(removed.map(name => [name, ''])) },
    };
  }
  throw new RewindError(
    'unknown-debugger',
    `An agent cannot be run under a debugger of type ${JSON.stringify(wanted.type)}`,
    'Write "debugger": "node" or "debugpy".',
  );
}

/** `python -X dev agent.py a b`, `python -m agent a b` */
function pythonProgram(command: readonly string[]): object {
  let at = 1;
  while (command[at]?.startsWith('-') && command[at] !== '-m') at += WITH_WORD.has(command[at]!) ? 2 : 1;
  const flags = command.slice(1, at);
  const isModule = command[at] === '-m';
  const program = command[at + (isModule ? 1 : 0)];
  if (!/python[\d.]*(\.exe)?$/i.test(command[0] ?? '') || program === undefined) {
    throw new RewindError(
      'not-python',
      `debugpy runs "python agent.py" or "python -m agent", not: ${command.join(' ')}`,
      'Give the launch configuration such a "command".',
    );
  }
  return {
    ...(flags.length > 0 ? { pythonArgs: flags } : {}),
    [isModule ? 'module' : 'program']: program,
    args: command.slice(at + (isModule ? 2 : 1)),
  };
}
