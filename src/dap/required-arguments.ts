import { RewindError } from '../errors.ts';

type Kind = 'number' | 'string' | 'object' | 'list';

/** What the protocol says that a request must carry, as far as we use it. */
const REQUIRED: Readonly<Record<string, Readonly<Record<string, Kind>>>> = {
  stackTrace: { threadId: 'number' },
  scopes: { frameId: 'number' },
  variables: { variablesReference: 'number' },
  setVariable: { variablesReference: 'number', name: 'string', value: 'string' },
  setExpression: { expression: 'string', value: 'string' },
  restartFrame: { frameId: 'number' },
  next: { threadId: 'number' },
  stepIn: { threadId: 'number' },
  stepOut: { threadId: 'number' },
  stepBack: { threadId: 'number' },
  goto: { targetId: 'number' },
  gotoTargets: { source: 'object', line: 'number' },
  stepInTargets: { frameId: 'number' },
  setBreakpoints: { source: 'object' },
  setFunctionBreakpoints: { breakpoints: 'list' },
  setDataBreakpoints: { breakpoints: 'list' },
  dataBreakpointInfo: { name: 'string' },
  breakpointLocations: { source: 'object', line: 'number' },
  evaluate: { expression: 'string' },
  completions: { text: 'string', column: 'number' },
  readMemory: { memoryReference: 'string', count: 'number' },
};

/** Throws RewindError `bad-arguments` where one is missing or of another kind. */
export function checkArguments(command: string, args: unknown): void {
  for (const [name, kind] of Object.entries(REQUIRED[command] ?? {})) {
    const value = (args as Readonly<Record<string, unknown>>)[name];
    const found = Array.isArray(value) ? 'list' : value === null ? 'null' : typeof value;
    if (found !== kind) {
      throw new RewindError('bad-arguments', `The request ${command} needs "${name}", a ${kind}`);
    }
  }
}
