import type { Fault, Target } from '../operator.ts';
import { whole } from './error-fault.ts';

/** What an HTTP tool answers instead. Only for tools whose traffic was recorded (`--all-http`). */
export function toolAnswer(
  { call, exchange }: Target,
  times: Fault['times'],
  status: number,
  text: string,
  detail: string,
): readonly Fault[] {
  if (call || (exchange.answer.head?.status ?? 500) >= 300) return [];
  const body = Buffer.from(text);
  const headers = [
    ['content-type', 'application/json'],
    ['content-length', String(body.length)],
  ] as const;
  const reason = status === 200 ? 'OK' : 'Internal Server Error';
  return [{ answer: whole({ status, reason, headers }, body), times, lost: false, detail }];
}
