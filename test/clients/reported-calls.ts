import assert from 'node:assert/strict';
import type { Call } from '../../src/providers/call.ts';

/** What a client's program prints about one answer, as its SDK understood it; one JSON line each. */
export interface ReportedCall {
  readonly case: string;
  /** As the SDK names it; absent where the SDK does not say. */
  readonly model?: string;
  readonly text?: string;
  /** Name and parsed arguments. */
  readonly tools?: readonly (readonly [name: string, args: unknown])[];
  readonly usage?: readonly [input: number, output: number];
}

export function reportedCalls(stdout: string): ReportedCall[] {
  return stdout
    .split('\n')
    .filter(line => line.startsWith('{'))
    .map((line): ReportedCall => JSON.parse(line));
}

/** Each answer that a program reported is found in the recording, read the same: text, tools, model and usage. */
export function assertReportedCallsRead(stdout: string, calls: readonly Call[]): void {
  const reported = reportedCalls(stdout).filter(each => each.usage !== undefined || each.tools !== undefined);
  assert.ok(reported.length > 0, `the program reported its answers:\n${stdout}`);
  const read = calls.filter(call => call.error === null).map(readAs);
  for (const { case: name, ...wanted } of reported) {
    const found = read.some(call =>
      Object.entries(wanted).every(([field, value]) => {
        return JSON.stringify(call[field as keyof typeof call]) === JSON.stringify(value);
      }),
    );
    assert.ok(
      found,
      `case ${name}: ${JSON.stringify(wanted)} is not among\n${read.map(call => JSON.stringify(call)).join('\n')}`,
    );
  }
}

function readAs(call: Call) {
  return {
    model: call.responseModel ?? call.requestModel,
    text: call.output.parts.map(part => (part.type === 'text' ? part.text : '')).join(''),
    tools: call.output.parts.flatMap(part =>
      part.type === 'tool_call' ? [[part.call.name, part.call.arguments] as const] : [],
    ),
    usage: call.usage && ([call.usage.input, call.usage.output] as const),
  };
}
