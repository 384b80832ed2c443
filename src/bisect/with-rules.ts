import type { SessionReader } from '../sessions/session.ts';
import { descend, startWalk, type Walk } from '../tape/json-path.ts';
import { type Mask, maskText } from '../tape/masks.ts';
import { plainBody } from '../tape/match-key.ts';
import type { MatchRules } from '../tape/rules.ts';
import type { Exchange } from '../wire/exchange.ts';
import { withoutHeaders } from '../wire/headers.ts';

/** A session as the user's match rules see it: ignored fields are gone from its requests, masked texts stand as their mask. */
export function withRules(session: SessionReader, rules: MatchRules | undefined): SessionReader {
  if (!rules || rules.ignore.length + rules.masks.length === 0) return session;
  const walk = startWalk(rules.ignore);
  const ruled = (exchange: Exchange): Exchange => {
    const { request } = exchange;
    const text = plainBody(request).toString('utf8');
    let body: unknown;
    try {
      body = JSON.parse(text);
    } catch {
      return exchange;
    }
    const bytes = Buffer.from(JSON.stringify(seen(body, walk, rules.masks)));
    const headers = withoutHeaders(request.headers, CODING);
    return { ...exchange, request: { ...request, headers, body: bytes } };
  };
  return {
    start: session.start,
    ...(session.exit ? { exit: session.exit } : {}),
    sealed: session.sealed,
    warnings: session.warnings,
    length: session.length,
    output: session.output,
    tools: session.tools,
    webSockets: session.webSockets,
    exchange: seq => ruled(session.exchange(seq)),
    *exchanges() {
      for (const exchange of session.exchanges()) yield ruled(exchange);
    },
  };
}

const CODING: ReadonlySet<string> = new Set(['content-encoding', 'content-length']);

function seen(value: unknown, walk: Walk, masks: readonly Mask[]): unknown {
  if (typeof value === 'string') return maskText(masks, value).replaceAll('\u0000<', '<');
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    return value.flatMap((one: unknown, i) => {
      const { ignored, walk: below } = descend(walk, i);
      return ignored ? [] : [seen(one, below, masks)];
    });
  }
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, one]) => {
      const { ignored, walk: below } = descend(walk, name);
      return ignored ? [] : [[name, seen(one, below, masks)]];
    }),
  );
}
