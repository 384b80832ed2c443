import { markdownText, plainLine } from '../dap/hostile-text.ts';
import { counted, duration, money } from '../dap/wording.ts';
import type { SiteCalls } from './call-sites.ts';
import { clock, dayOf, dayTitle, sessionTitle, shortModel } from './session-words.ts';

/** `3 calls · gpt-4.1 · $0.01 · last 1.2 s` */
export function siteTitle({ calls, errors, models, costUsd, lastLatencyMs }: SiteCalls): string {
  const [model, ...others] = models;
  return [
    counted(calls, 'call'),
    ...(model === undefined ? [] : [`${shortModel(model)}${others.length > 0 ? ` +${others.length}` : ''}`]),
    ...(costUsd === null ? [] : [money(costUsd)]),
    ...(errors > 0 ? [counted(errors, 'error')] : []),
    ...(lastLatencyMs === null ? [] : [`last ${duration(lastLatencyMs)}`]),
  ].join(' · ');
}

/** Rows of a hover, newest session first; each with a link that debugs it. `link`: the command's URI for a session's step. */
export function siteTable(
  sites: readonly SiteCalls[],
  now: number,
  link: (site: SiteCalls) => string,
): string {
  const shown = sites.slice(0, 8);
  const rows = shown.map(site => {
    const { session, models, calls, errors, costUsd, lastLatencyMs } = site;
    const when = `${dayTitle(dayOf(session.startedAt), now)} ${clock(session.startedAt)}`;
    const cells = [
      `[${markdownText(sessionTitle(session))}](${link(site)})`,
      when,
      `${calls}${errors > 0 ? ` (${counted(errors, 'error')})` : ''}`,
      markdownText(plainLine(models.join(', '))),
      costUsd === null ? 'unknown' : markdownText(money(costUsd)),
      lastLatencyMs === null ? 'unfinished' : duration(lastLatencyMs),
    ];
    return `| ${cells.join(' | ')} |`;
  });
  const rest = sites.length > shown.length ? `\n\nand ${sites.length - shown.length} earlier sessions` : '';
  return `| session | when | calls | model | cost | last |\n|---|---|--:|---|--:|--:|\n${rows.join('\n')}${rest}`;
}
