import type { AnswerHead, Exchange } from '../wire/exchange.ts';
import { answerBody } from '../wire/exchange.ts';
import type { RawHeaders } from '../wire/headers.ts';
import { safeText } from './safe-text.ts';
import type { Terminal } from './terminal.ts';

/** The HTTP messages as recorded: into a pipe byte for byte, on a terminal made safe. */
export function printRaw(to: Terminal, { request, answer }: Exchange): void {
  const version = request.httpVersion === '2' ? '2' : request.httpVersion;
  write(
    to,
    `${request.method} ${request.path} HTTP/${version}\r\n${headerLines(request.headers)}\r\n`,
    request.body,
  );
  write(to, '\r\n\r\n', new Uint8Array());
  const head = answer.head ? answerHead(answer.head, version) : '(no answer)\r\n';
  write(to, head, answerBody(answer));
  const end = answer.end.kind === 'complete' ? '' : `\r\n(${answer.end.kind})`;
  write(to, `${end}\r\n`, new Uint8Array());
}

const answerHead = ({ status, reason, headers }: AnswerHead, version: string): string =>
  `HTTP/${version} ${status}${reason ? ` ${reason}` : ''}\r\n${headerLines(headers)}\r\n`;

const headerLines = (headers: RawHeaders): string =>
  headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');

function write(to: Terminal, head: string, body: Uint8Array): void {
  if (to.isTTY) to.stream.write(safeText(head) + safeText(Buffer.from(body).toString('utf8')));
  else to.stream.write(Buffer.concat([Buffer.from(head, 'latin1'), body]));
}
