/**
 * The provider that every row talks to: HTTPS on localhost, three fixed answers. Run with the folder of `certificates.ts`; sends
 * its port to its parent.
 */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { join } from 'node:path';
import { chatRequest } from './bodies.ts';

const folder = process.argv[2] ?? '.';
const json = (size: number) => {
  const { messages } = JSON.parse(chatRequest(7, size).toString());
  const text = messages[1].content + messages[3].content;
  return Buffer.from(
    JSON.stringify({
      id: 'chatcmpl-bench',
      object: 'chat.completion',
      created: 1_760_000_000,
      model: 'gpt-4o-2024-08-06',
      choices: [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 400, completion_tokens: 400, total_tokens: 800 },
    }),
  );
};
const bodies = { '/json-2k': json(2 * 1024), '/json-200k': json(200 * 1024) } as const;
const event = (n: number) =>
  Buffer.from(
    `data: {"id":"chatcmpl-bench","object":"chat.completion.chunk","created":1760000000,"model":"gpt-4o-2024-08-06","choices":[{"index":0,"delta":{"content":" token${n}"},"finish_reason":null}]}\n\n`,
  );

const server = createServer(
  {
    key: readFileSync(join(folder, 'localhost-key.pem')),
    cert: readFileSync(join(folder, 'localhost.pem')),
    keepAliveTimeout: 0,
    noDelay: true,
  },
  (request, response) => {
    request.resume();
    request.on('end', () => {
      const path = request.url?.replace(/^.*(?=\/(?:json|sse))/, '') ?? '';
      if (path.startsWith('/sse')) {
        response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
        let sent = 0;
        // 40 events, one every 2 ms: what a fast model does.
        const timer = setInterval(() => {
          response.write(event(sent));
          if (++sent < 40) return;
          clearInterval(timer);
          response.end('data: [DONE]\n\n');
        }, 2);
        return;
      }
      const body = bodies[path as keyof typeof bodies] ?? bodies['/json-2k'];
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length });
      response.end(body);
    });
  },
);
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as { port: number }).port }));
process.on('disconnect', () => process.exit());
