import { RewindError } from '../errors.ts';
import type { Answer, Exchange } from '../wire/exchange.ts';
import { answerBody } from '../wire/exchange.ts';
import type { RawHeaders } from '../wire/headers.ts';
import { answerLines } from './cassette-answer.ts';
import {
  type AnswerLine,
  CASSETTE_VERSION,
  CHANGING_HEADERS,
  type ChangingLine,
  type HeaderForm,
  type HeaderLine,
  type OutputLine,
  type RequestLine,
  type TimingLine,
  type WebSocketLine,
} from './cassette-format.ts';
import { messageEnds } from './cassette-messages.ts';
import { asText, PartsWriter } from './cassette-parts.ts';
import { PathCleaner } from './cassette-paths.ts';
import { checkSize, LARGEST_BODY } from './cassette-size.ts';
import { chunksToText } from './chunk-text.ts';
import { errnoOf } from './file-error.ts';
import { JsonLines } from './json-lines.ts';
import type { OutputPiece, SessionReader } from './session.ts';

/**
 * A session as a `.rw` file (docs/cassette.md), in pieces: the text of all may be longer than a string can be. The same
 * session gives the same bytes, on any machine and after an import. Throws RewindError `corrupt-blob` where an exchange is
 * damaged (a cassette is whole or not made), `cassette-too-large` where no Rewind could read it.
 */
export function exportCassette(reader: SessionReader): readonly Buffer[] {
  const { start, exit, tools, webSockets } = reader;
  const paths = new PathCleaner(start);
  const parts = new PartsWriter();
  const exchanges = new JsonLines();
  const rest = new JsonLines();
  const timings = new JsonLines();
  let isNew = webSockets.length > 0;
  for (const exchange of reader.exchanges()) {
    for (const line of linesOf(exchange, parts)) {
      isNew ||= 'message' in line && !('answer' in line);
      exchanges.add(line);
    }
    timings.add(timingLine(exchange));
  }
  const output = joinOutput(reader.output);
  for (const piece of output) rest.add(outputLine(piece, paths));
  for (const { at: _at, durationMs: _duration, site: _site, ...tool } of tools) rest.add({ tool });
  for (const { url, passed } of webSockets)
    rest.add({ webSocket: url, ...(!passed && { refused: true }) } satisfies WebSocketLine);
  if (exit) rest.add({ exit: { code: exit.code, signal: exit.signal } });
  const times = {
    ...(output.length > 0 && { output: output.map(({ at }) => at) }),
    ...(tools.length > 0 && { tools: tools.flatMap(({ at, durationMs }) => [at, durationMs]) }),
    ...(webSockets.length > 0 && { webSockets: webSockets.map(({ at }) => at) }),
    ...(exit && { exit: exit.at }),
  };
  if (Object.keys(times).length > 0) timings.add({ times });
  const header = new JsonLines();
  header.add({
    rewind: 'cassette',
    version: isNew ? CASSETTE_VERSION : 1,
    ...(start.name !== undefined && { name: start.name }),
    recorded: new Date(start.startedAt).toISOString().slice(0, 10),
    command: paths.command(start.command),
    scope: start.scope,
    ...(start.extraHosts?.length && { extraHosts: start.extraHosts }),
  } satisfies HeaderLine);
  const pieces = [header, parts.lines, exchanges, rest, timings].flatMap(lines => lines.pieces());
  checkSize(pieces.reduce((sum, { length }) => sum + length, 0));
  return pieces;
}

/** As `exchangeLines`; a body that no line can hold is told. */
function linesOf(exchange: Exchange, parts: PartsWriter): object[] {
  try {
    if (exchange.request.body.length > LARGEST_BODY) throw new RangeError(TOO_LONG);
    return exchangeLines(exchange, parts);
  } catch (error) {
    if (errnoOf(error) !== 'ERR_STRING_TOO_LONG' && (error as Error).message !== TOO_LONG) throw error;
    throw new RewindError(
      'cassette-too-large',
      `Exchange ${exchange.seq} has a body that is too long for a cassette`,
      'The session where it was recorded has no such limit: `rewind inspect`, `replay` and `bisect` take its id.',
      { cause: error },
    );
  }
}

/** What V8 says of a string that would be longer than it can be. */
const TOO_LONG = 'Invalid string length';

function exchangeLines({ seq, request, answer, label }: Exchange, parts: PartsWriter): object[] {
  const asked = splitHeaders(request.headers);
  const requestLine: RequestLine = {
    exchange: seq,
    request: `${request.method} ${request.scheme}://${request.host}${request.path}`,
    ...(request.httpVersion !== '1.1' && { http: request.httpVersion }),
    headers: asked.forms,
    ...(request.body.length > 0 && { body: parts.body(seq, asBuffer(request.body)) }),
  };
  const answered = splitHeaders(answer.head?.headers ?? []);
  const changing: ChangingLine = {
    changing: seq,
    ...(asked.changing.length > 0 && { request: asked.changing }),
    ...(answered.changing.length > 0 && { answer: answered.changing }),
  };
  return [
    requestLine,
    answerLine(seq, answer, answered.forms, label),
    ...answerLines(asBuffer(answerBody(answer))),
    ...(Object.keys(changing).length > 1 ? [changing] : []),
  ];
}

function answerLine(
  seq: number,
  { head, end }: Answer,
  headers: readonly HeaderForm[],
  label: Exchange['label'],
): AnswerLine {
  return {
    answer: seq,
    ...(head && { status: head.status, reason: head.reason, headers }),
    ...(end.kind === 'complete' && end.trailers.length > 0 && { trailers: end.trailers }),
    ...(label && { label }),
    ...(end.kind !== 'complete' && { end: end.kind }),
    ...((end.kind === 'reset' || end.kind === 'closed') && { message: end.message }),
  };
}

function splitHeaders(headers: RawHeaders): { forms: HeaderForm[]; changing: string[] } {
  const changing: string[] = [];
  const forms = headers.map(([name, value]): HeaderForm => {
    if (!CHANGING_HEADERS.test(name)) return [name, value];
    changing.push(value);
    return [name];
  });
  return { forms, changing };
}

function timingLine({ seq, at, answer }: Exchange): TimingLine {
  const { chunks, headAt, end } = answer;
  const places = chunks.map(chunk => ({ at: chunk.at, size: chunk.bytes.length }));
  const body = asBuffer(answerBody(answer));
  const text = chunksToText(places, body, headAt ?? 0, messageEnds(body));
  return {
    timing: seq,
    at,
    ...(headAt !== undefined && { head: headAt }),
    ...(text !== '' && { chunks: text }),
    ...('at' in end && { end: end.at }),
  };
}

/** Pieces of one stream that follow each other, as one: where they were cut is chance. */
function joinOutput(output: readonly OutputPiece[]): OutputPiece[] {
  const joined: { at: number; stream: OutputPiece['stream']; pieces: Uint8Array[] }[] = [];
  for (const { at, stream, bytes } of output) {
    const last = joined.at(-1);
    if (last?.stream === stream) last.pieces.push(bytes);
    else joined.push({ at, stream, pieces: [bytes] });
  }
  return joined.map(({ at, stream, pieces }) => ({ at, stream, bytes: Buffer.concat(pieces) }));
}

function outputLine({ stream, bytes }: OutputPiece, paths: PathCleaner): OutputLine {
  const text = asText(asBuffer(bytes));
  if (text === undefined) return { output: stream, base64: asBuffer(bytes).toString('base64') };
  return { output: stream, text: paths.text(text) };
}

const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
