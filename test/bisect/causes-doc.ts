/** docs/causes.md, made of the causes and of what is said when each is planted: `node test/bisect/causes-doc.ts --write`. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bisectSessions } from '../../src/bisect/bisect.ts';
import { CAUSES } from '../../src/bisect/catalogue.ts';
import type { Cause } from '../../src/bisect/cause.ts';
import { goodFor, PLANTS, planted } from './plants.ts';
import { sessionIn } from './scenario.ts';
import { VENDORS } from './vendors.ts';

export const CAUSES_DOC = fileURLToPath(new URL('../../docs/causes.md', import.meta.url));

const FAMILIES = [
  ['provider', 'Provider: the same question, another answer'],
  ['configuration', 'Configuration: the agent asked with other settings'],
  ['context', 'Context: the agent said something else'],
  ['execution', 'Execution: the agent took another way'],
] as const;

export function causesDoc(): string {
  const sections = FAMILIES.flatMap(([family, title]) => [
    `## ${title}`,
    '',
    ...CAUSES.filter(cause => cause.family === family).flatMap(entry),
  ]);
  return [
    '# Causes',
    '',
    '<!-- Made by test/bisect/causes-doc.ts of src/bisect/causes/; a test compares. -->',
    '',
    'What [`rewind bisect`](bisect.md) can name. *Shows*: the most that two recordings can show about it. Examples are what is said when the cause is',
    'planted into a run. Where several are found, they are named in the order of `src/bisect/catalogue.ts`.',
    '',
    ...sections,
  ].join('\n');
}

function entry(cause: Cause): readonly string[] {
  const example = exampleOf(cause.id);
  return [
    `### \`${cause.id}\``,
    '',
    cause.definition,
    '',
    `- Evidence: ${cause.evidence}`,
    `- Confounders: ${cause.confounders}`,
    `- Verification: ${cause.verification}`,
    `- Shows: ${cause.cap}${cause.weight === 'weak' ? ', ranks low' : ''}`,
    ...(example ? [`- Example: ${example}`] : []),
    '',
  ];
}

function exampleOf(id: string): string | null {
  for (const plant of PLANTS) {
    if (plant.cause !== id) continue;
    const vendor = VENDORS.find(({ name }) => plant.vendors?.includes(name) ?? true)!;
    const good = goodFor(plant, vendor);
    const { causes } = bisectSessions(
      sessionIn(vendor, good),
      sessionIn(vendor, planted(good, vendor, plant)),
    );
    const detail = causes.find(cause => cause.id === id)?.detail;
    if (detail) return detail;
  }
  return null;
}

if (process.argv[1] === fileURLToPath(import.meta.url) && process.argv.includes('--write')) {
  writeFileSync(CAUSES_DOC, causesDoc());
}
