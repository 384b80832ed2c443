// An MCP server on stdio, by the protocol's own SDK: one tool, whose effect is a line in the file that is named.
import { appendFileSync } from 'node:fs';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import {
  CallToolRequestSchema,
  ErrorCode,
  ListToolsRequestSchema,
  McpError,
} from '@modelcontextprotocol/sdk/types.js';

const ledger = process.argv[2];
appendFileSync(ledger, 'started\n');
const server = new Server({ name: 'shop', version: '1' }, { capabilities: { tools: {} } });
server.setRequestHandler(ListToolsRequestSchema, () => ({
  tools: [{ name: 'refund', inputSchema: { type: 'object' } }],
}));
server.setRequestHandler(CallToolRequestSchema, async ({ params }) => {
  if (params.name !== 'refund') throw new McpError(ErrorCode.InvalidParams, `no tool ${params.name}`);
  const { order } = params.arguments;
  appendFileSync(ledger, `refund ${order}\n`);
  const isError = order === 'ORD-none';
  return { content: [{ type: 'text', text: isError ? 'no such order' : `refunded\u2028${order}` }], isError };
});
await server.connect(new StdioServerTransport());
