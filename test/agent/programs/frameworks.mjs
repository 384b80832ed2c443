// LangChain's and the Vercel AI SDK's tools, wrapped inside and out, called as the frameworks call them.
import { appendFileSync } from 'node:fs';
import { tool as langchainTool } from '@langchain/core/tools';
import { tool as aiTool, jsonSchema } from 'ai';
import { rewind } from 'llm-rewind';

const happened = what => appendFileSync(process.env.LEDGER, `${what}\n`);
const schema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
const weather = name => async city => {
  happened(`${name} ${city.city}`);
  return `${name} in ${city.city}`;
};
const options = name => ({ name, description: 'The weather.', schema });
const inner = langchainTool(
  rewind.tool(weather('inner'), { name: 'inner', replay: 'tape' }),
  options('inner'),
);
const outer = rewind.tool(langchainTool(weather('outer'), options('outer')), { replay: 'tape' });
const call = { type: 'tool_call', id: 'call_1', args: { city: 'Rome' } };
for (const tool of [inner, outer]) console.log((await tool.invoke({ ...call, name: tool.name })).content);

const tools = rewind.tools(
  { forecast: aiTool({ inputSchema: jsonSchema(schema), execute: weather('forecast') }) },
  { replay: 'tape' },
);
console.log(await tools.forecast.execute({ city: 'Rome' }, { toolCallId: 'call_2', messages: [] }));
