import { serverBlocks } from '../answer.ts';
import { brief } from '../brief.ts';
import type { Cause } from '../cause.ts';

export const serverToolDrift: Cause = {
  id: 'server_tool_drift',
  family: 'provider',
  cap: 'ISOLATED',
  weight: 'strong',
  definition:
    'What the provider ran itself inside the answer (web search, code execution, file search) gave something else.',
  evidence: 'The blocks of both answers.',
  confounders: 'The model may have asked its tool for something else: compare the queries.',
  verification: 'Live: ask the same question again on both sides.',
  inAnswer: ({ good, bad }) => {
    const [left, right] = [good, bad].map(({ step }) => serverBlocks(step.output.parts));
    if (left!.length === 0 && right!.length === 0) return [];
    const at = left!.findIndex((block, i) => block !== right![i]);
    const place = at < 0 ? left!.length : at;
    const [was, is] = [left![place] ?? null, right![place] ?? null];
    if (was === is) return [];
    return [
      {
        field: 'response.server_tools',
        detail: `A tool that the provider ran gave something else: ${brief(was ?? 'nothing')} in good, ${brief(is ?? 'nothing')} in bad.`,
        good: was,
        bad: is,
      },
    ];
  },
};
