// Calls the tools of an MCP server on stdio, with the protocol's own SDK, which hands on next to none of its variables.
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';

const [command, ...args] = process.argv.slice(2);
const client = new Client({ name: 'agent', version: '1' });
await client.connect(new StdioClientTransport({ command, args }));
console.log(
  client.getServerVersion(),
  (await client.listTools()).tools.map(({ name }) => name),
);
const call = order => client.callTool({ name: 'refund', arguments: { order } });
for (const order of ['ORD-1', 'ORD-none']) console.log(JSON.stringify(await call(order)));
console.log(JSON.stringify(await Promise.all(['ORD-2', 'ORD-3'].map(call))));
console.log(
  await client.callTool({ name: 'unknown', arguments: {} }).catch(({ code, message }) => [code, message]),
);
await client.close();
