// Calls a tool of an MCP server over HTTP, with the protocol's own SDK.
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';

const client = new Client({ name: 'agent', version: '1' });
await client.connect(new StreamableHTTPClientTransport(new URL(process.argv[2])));
console.log((await client.listTools()).tools.map(({ name }) => name));
for (const order of ['ORD-1', 'ORD-none'])
  console.log(JSON.stringify(await client.callTool({ name: 'refund', arguments: { order } })));
await client.close();
