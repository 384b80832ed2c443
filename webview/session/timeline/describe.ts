import { count, duration, money } from '../amounts.ts';
import type { StepOutline } from '../messages.ts';

/** A step in one sentence: what a screen reader says of it. */
export function describeStep(step: StepOutline, total: number): string {
  const facts = [
    `Step ${step.index} of ${total - 1}`,
    step.kind === 'call' ? `call to ${step.name}` : `tool ${step.name}`,
    `lane ${step.lane}`,
    `at ${duration(step.at)}`,
    step.ms === null ? 'unfinished' : `took ${duration(step.ms)}`,
    ...(step.kind === 'call' && step.tokens
      ? [`${count(step.tokens.input)} tokens in, ${count(step.tokens.output)} out`]
      : []),
    ...(step.kind === 'call' && step.costUsd !== null ? [money(step.costUsd)] : []),
    ...step.troubles,
  ];
  return facts.join(', ');
}

/** The lines of a step's tool tip. */
export function tipLines(step: StepOutline): readonly string[] {
  const time = step.ms === null ? 'unfinished' : duration(step.ms);
  if (step.kind === 'tool') return [`at ${duration(step.at)} · ${time}`, step.summary, ...step.troubles];
  const { tokens, ttftMs, costUsd, retries, context, label } = step;
  return [
    [`at ${duration(step.at)}`, time, ttftMs === null ? '' : `first byte after ${duration(ttftMs)}`]
      .filter(Boolean)
      .join(' · '),
    [
      tokens ? `${count(tokens.input)} → ${count(tokens.output)} tokens` : '',
      tokens && tokens.cached > 0 ? `${count(tokens.cached)} cached` : '',
      costUsd === null ? '' : money(costUsd),
      `${count(context.messages)} messages, ${count(context.added)} new`,
      context.history === 'rewritten' ? 'history rewritten' : '',
    ]
      .filter(Boolean)
      .join(' · '),
    [retries > 0 ? `${retries + 1} attempts` : '', label ?? '', ...step.troubles].filter(Boolean).join(' · '),
    step.summary,
  ].filter(Boolean);
}
