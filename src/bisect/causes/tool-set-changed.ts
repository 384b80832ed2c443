import type { Cause } from '../cause.ts';
import { settingFindings } from '../setting-findings.ts';

export const toolSetChanged: Cause = {
  id: 'tool_set_changed',
  family: 'configuration',
  cap: 'ISOLATED',
  weight: 'strong',
  definition: 'The model was given other tools.',
  evidence: 'Names that came or went.',
  confounders: 'An MCP server that was not there.',
  verification: 'Live: the same request with either value.',
  same: 'the same tools',
  inRequest: pair => [
    ...pair.tools().flatMap(change => {
      if (change.kind !== 'added' && change.kind !== 'removed') return [];
      const { name, raw } = change.tool;
      const text = JSON.stringify(raw) ?? name;
      const only = change.kind === 'removed' ? 'good' : 'bad';
      return [
        {
          field: `tools.${name}`,
          detail: `The tool ${name} was offered in ${only} only.`,
          good: only === 'good' ? text : null,
          bad: only === 'bad' ? text : null,
        },
      ];
    }),
    ...settingFindings(pair, 'tools'),
  ],
};
