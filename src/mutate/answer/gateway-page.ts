import type { Answer } from '../../wire/exchange.ts';
import { whole } from './error-fault.ts';

/** The page that nginx and its kin answer with when what stands behind them does not. */
export function gatewayPage(status: 200 | 502, reason: string): Answer {
  const title = status === 200 ? 'Service temporarily unavailable' : `${status} ${reason}`;
  const body = Buffer.from(
    `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n`,
  );
  return whole(
    {
      status,
      reason,
      headers: [
        ['server', 'nginx'],
        ['content-type', 'text/html'],
        ['content-length', String(body.length)],
        ...(status === 502 ? [['retry-after-ms', '1'] as const] : []),
      ],
    },
    body,
  );
}
