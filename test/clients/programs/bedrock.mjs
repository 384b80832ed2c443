import {
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
  InvokeModelCommand,
  InvokeModelWithResponseStreamCommand,
} from '@aws-sdk/client-bedrock-runtime';
import { report, SCHEMAS, TOOLS } from './report.mjs';

const client = new BedrockRuntimeClient({ region: 'us-east-1' });
const modelId = 'anthropic.claude-3-haiku-20240307-v1:0';
const toolConfig = {
  tools: Object.entries(SCHEMAS).map(([name, json]) => ({ toolSpec: { name, inputSchema: { json } } })),
};
const say = (name, content, usage) =>
  report(name, {
    text: content.map(block => block.text ?? '').join(''),
    tools: content.filter(block => block.toolUse).map(({ toolUse }) => [toolUse.name, toolUse.input]),
    usage: [usage.inputTokens, usage.outputTokens],
  });

const messages = [{ role: 'user', content: [{ text: 'the weather, please' }] }];
for (;;) {
  const { output, usage, stopReason } = await client.send(
    new ConverseCommand({ modelId, messages, toolConfig }),
  );
  say('converse', output.message.content, usage);
  if (stopReason !== 'tool_use') break;
  const content = output.message.content
    .filter(block => block.toolUse)
    .map(({ toolUse: { toolUseId, name } }) => ({
      toolResult: { toolUseId, content: [{ json: TOOLS[name]() }] },
    }));
  messages.push(output.message, { role: 'user', content });
}
const { stream } = await client.send(
  new ConverseStreamCommand({ modelId, messages: messages.slice(0, 1), toolConfig }),
);
const blocks = [];
let usage;
for await (const event of stream) {
  const { contentBlockIndex: index, start, delta } = event.contentBlockStart ?? event.contentBlockDelta ?? {};
  if (start?.toolUse) blocks[index] = { toolUse: { name: start.toolUse.name, input: '' } };
  if (delta?.text) blocks[index] = { text: (blocks[index]?.text ?? '') + delta.text };
  if (delta?.toolUse) blocks[index].toolUse.input += delta.toolUse.input;
  usage = event.metadata?.usage ?? usage;
}
for (const { toolUse } of blocks) if (toolUse) toolUse.input = JSON.parse(toolUse.input);
say('converse stream', blocks, usage);

const body = JSON.stringify({
  anthropic_version: 'bedrock-2023-05-31',
  max_tokens: 100,
  messages: [{ role: 'user', content: 'hello' }],
});
const invoked = await client.send(new InvokeModelCommand({ modelId, body }));
const message = JSON.parse(invoked.body.transformToString());
report('invoke', {
  text: message.content[0].text,
  usage: [message.usage.input_tokens, message.usage.output_tokens],
});
const streamed = await client.send(new InvokeModelWithResponseStreamCommand({ modelId, body }));
let text = '';
for await (const event of streamed.body) {
  const { delta } = JSON.parse(Buffer.from(event.chunk.bytes).toString());
  text += delta?.text ?? '';
}
console.log('invoke stream', text);
const wrong = new BedrockRuntimeClient({
  region: 'us-east-1',
  credentials: { accessKeyId: 'invalid', secretAccessKey: 'x' },
});
await wrong
  .send(new ConverseCommand({ modelId, messages }))
  .catch(error => console.log('wrong key', error.name));
