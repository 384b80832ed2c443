import { brief } from '../brief.ts';
import type { Cause } from '../cause.ts';

export const toolSchemaDrift: Cause = {
  id: 'tool_schema_drift',
  family: 'configuration',
  cap: 'ISOLATED',
  weight: 'strong',
  definition: 'A tool of the same name has another description or schema.',
  evidence: 'The places of the definition that differ.',
  confounders: 'An MCP server may change its list without notice.',
  verification: 'Live: the same request with either value.',
  same: 'the same tool definitions',
  inRequest: pair =>
    pair.tools().flatMap(change => {
      if (change.kind !== 'schema') return [];
      return change.places.map(({ path, good, bad }) => ({
        field: `tools.${change.name}${path ? `.${path}` : ''}`,
        detail: `The definition of ${change.name} differs${path ? ` at ${path}` : ''}: ${brief(good ?? 'nothing')} in good, ${brief(bad ?? 'nothing')} in bad.`,
        good,
        bad,
      }));
    }),
};
