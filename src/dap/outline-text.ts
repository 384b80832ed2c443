import { markdownBlock, markdownText } from './hostile-text.ts';
import type { SessionOutline, StepOutline } from './session-outline.ts';

/** An outline as a Markdown document. */
export function outlineMarkdown(outline: SessionOutline): string {
  const blocks = [
    `# ${markdownText(outline.title)}`,
    markdownText(outline.facts.join(' · ')),
    ...outline.warnings.map(warning => `> ${markdownText(warning)}`),
    ...outline.steps.flatMap(stepBlocks),
  ];
  return `${blocks.join('\n\n')}\n`;
}

function stepBlocks(step: StepOutline): readonly string[] {
  const what = step.kind === 'tool' ? 'tool ' : '';
  return [
    `## ${step.index} ${what}${markdownText(step.title)}`,
    ...(step.lane ? [`lane ${markdownText(step.lane)}`] : []),
    ...(step.facts.length > 0 ? [markdownText(step.facts.join(' · '))] : []),
    ...step.blocks.map(({ label, text }) => `**${markdownText(label)}**\n\n${markdownBlock(text)}`),
  ];
}
