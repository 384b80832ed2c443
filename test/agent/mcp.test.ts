import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { CallToolRequestSchema, ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { startEmulator } from '../../src/emulator/emulator.ts';
import { checkScript } from '../../src/emulator/script.ts';
import { Upstream } from '../../src/proxy/upstream.ts';
import { Tape } from '../../src/tape/tape.ts';
import { mcpRunOf } from '../../src/timeline/mcp-run.ts';
import { timelineOf } from '../../src/timeline/timeline.ts';
import { commandLine } from '../cli/command-line.ts';
import { PYTHON, withoutPackages } from '../clients/python-packages.ts';
import { agentBench, program } from './agent-bench.ts';

/** An MCP server with one tool, a new one a request as the SDK's stateless mode wants it. */
async function mcpServer(
  t: TestContext,
  json: boolean,
): Promise<{ readonly url: string; readonly happened: string[]; close(): void }> {
  const happened: string[] = [];
  const listener = createServer(async (request, response) => {
    const server = new Server({ name: 'shop', version: '1' }, { capabilities: { tools: {} } });
    server.setRequestHandler(ListToolsRequestSchema, () => ({
      tools: [{ name: 'refund', inputSchema: { type: 'object' as const } }],
    }));
    server.setRequestHandler(CallToolRequestSchema, ({ params }) => {
      const order = String(params.arguments?.order);
      happened.push(order);
      const isError = order === 'ORD-none';
      return {
        content: [{ type: 'text' as const, text: isError ? 'no such order' : `refunded ${order}` }],
        isError,
      };
    });
    const transport = new StreamableHTTPServerTransport({ enableJsonResponse: json });
    await server.connect(transport as Parameters<typeof server.connect>[0]);
    await transport.handleRequest(request, response);
  });
  await new Promise<void>(resolve => listener.listen(0, '127.0.0.1', resolve));
  const close = () => {
    listener.closeAllConnections();
    listener.close();
  };
  t.after(close);
  return { url: `http://127.0.0.1:${(listener.address() as AddressInfo).port}/mcp`, happened, close };
}

for (const json of [true, false]) {
  test(`MCP over HTTP, answered as ${json ? 'JSON' : 'an event stream'}: its tools are runs`, async t => {
    const { bench } = await agentBench(t);
    const server = await mcpServer(t, json);
    const command = [process.execPath, program('mcp_http.mjs'), server.url];
    const upstream = new Upstream({});
    t.after(() => upstream.close());
    const runner = { hosts: [new URL(server.url).host] };
    const recorded = await bench.run(command, { responder: upstream, runner });
    assert.equal(recorded.exitCode, 0, recorded.stderr);
    assert.deepEqual(server.happened, ['ORD-1', 'ORD-none']);
    const runs = recorded.exchanges.flatMap(exchange => mcpRunOf(exchange) ?? []);
    assert.deepEqual(
      runs.map(({ name, arguments: given, error, site }) => [name, given, error, site !== undefined]),
      [
        ['refund', { order: 'ORD-1' }, undefined, true],
        ['refund', { order: 'ORD-none' }, 'no such order', true],
      ],
    );
    assert.deepEqual(
      timelineOf(recorded.session).otherRuns.map(({ name }) => name),
      ['refund', 'refund'],
    );

    server.close();
    const replayed = await bench.run(command, {
      responder: new Tape(recorded.session),
      runner: { ...runner, mode: 'replay' },
    });
    assert.equal(replayed.stdout, recorded.stdout, replayed.stderr);
    assert.deepEqual(server.happened, ['ORD-1', 'ORD-none']);
  });
}

test('an MCP tool over HTTP is the step of the model’s call, by Python’s SDKs', {
  skip: withoutPackages('openai', 'mcp') ?? false,
}, async t => {
  const cli = commandLine(t);
  const server = await mcpServer(t, false);
  const emulator = await startEmulator({
    script: checkScript({
      turns: [
        { match: { toolResult: true }, answer: { text: 'It is {{tool.refund.result}}.' } },
        { answer: { toolCalls: [{ name: 'refund', arguments: { order: 'ORD-1042' } }] } },
      ],
    }),
  });
  t.after(() => emulator.close());
  const { code, stdout, stderr } = await cli.run(
    ...['record', '--all-http', '--name', 'shop', '--upstream', `api.openai.com=${emulator.url}`],
    ...[PYTHON, program('mcp_openai.py'), server.url],
  );
  assert.equal(code, 0, stderr);
  const { steps } = (await cli.json('inspect', 'shop')) as { steps: readonly Step[] };
  assert.deepEqual(
    steps.flatMap(({ kind, name, timing, run }) =>
      kind === 'tool' ? [[name, timing, run?.arguments, run?.result?.content?.[0]?.text]] : [],
    ),
    [['refund', 'reported', { order: 'ORD-1042' }, 'refunded ORD-1042']],
  );
  server.close();
  const replayed = await cli.run('replay', 'shop');
  assert.deepEqual([replayed.code, replayed.stdout], [0, stdout], replayed.stderr);
  assert.deepEqual(server.happened, ['ORD-1042']);
});

interface Step {
  readonly kind: 'call' | 'tool';
  readonly name?: string;
  readonly timing?: string;
  readonly run?: {
    readonly arguments: unknown;
    readonly result?: { readonly content?: readonly { readonly text: string }[] };
  } | null;
}
