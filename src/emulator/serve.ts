import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Http2ServerRequest } from 'node:http2';
import { RewindError } from '../errors.ts';
import { header, pairedHeaders } from '../wire/headers.ts';
import { answer } from './answer.ts';
import type { Incoming } from './api.ts';
import { CONTROL_PATH, control } from './control.ts';
import { parsedJson } from './fields.ts';
import { logged } from './request-log.ts';
import { type Socketed, send } from './send.ts';
import type { EmulatorState } from './state.ts';

/** Reads one request, logs it, answers it. */
export async function serve(
  stage: EmulatorState,
  message: IncomingMessage | Http2ServerRequest,
  response: Socketed,
): Promise<void> {
  try {
    const request = await readWhole(message);
    if (request.path.startsWith(CONTROL_PATH)) {
      sendControl(stage, request, response);
      return;
    }
    stage.requests.push(logged(request, message.httpVersion));
    const { behaviour } = stage;
    const fault = stage.takeFault(request.path);
    const outcome = answer(request, {
      script: stage.script,
      behaviour,
      counts: stage.counts,
      memory: stage.memory,
      now: new Date(),
      seeds: stage.seeds(request),
      ...(fault ? { fault } : {}),
    });
    await send(
      response,
      outcome,
      behaviour,
      outcome.fault ?? fault,
      header(request.headers, 'accept-encoding'),
    );
  } catch (error) {
    if (message.destroyed && !message.complete) return;
    console.error(error);
    if (!response.headersSent) sendJson(response, 500, { error: String(error) });
    else response.destroy();
  }
}

async function readWhole(message: IncomingMessage | Http2ServerRequest): Promise<Incoming> {
  const chunks: Buffer[] = [];
  for await (const chunk of message as AsyncIterable<Buffer>) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const url = new URL(message.url ?? '/', 'http://emulator');
  return {
    method: message.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    headers: pairedHeaders(message.rawHeaders),
    body,
    json: parsedJson(body),
  };
}

/** Only for this machine: a web page that resolves its own name to 127.0.0.1 is turned away. */
function sendControl(stage: EmulatorState, request: Incoming, response: Socketed): void {
  const host = header(request.headers, 'host') ?? header(request.headers, ':authority') ?? '';
  if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(host)) {
    sendJson(response, 403, { error: 'controls are for 127.0.0.1 only' });
    return;
  }
  try {
    const { status, body } = control(request.method, request.path, request.json, stage);
    sendJson(response, status, body);
  } catch (error) {
    if (!(error instanceof RewindError)) throw error;
    sendJson(response, 400, { code: error.code, message: error.message, hint: error.hint });
  }
}

function sendJson(response: Socketed, status: number, body: unknown): void {
  // Both classes share these signatures; their union hides it.
  const either = response as ServerResponse;
  either.writeHead(status, { 'content-type': 'application/json' });
  either.end(JSON.stringify(body));
}
