import { GoogleGenAI } from '@google/genai';
import { report, SCHEMAS, TOOLS } from './report.mjs';

const { models } = new GoogleGenAI({ apiKey: process.env.GEMINI_API_KEY });
const model = 'gemini-2.5-flash';
const functionDeclarations = Object.entries(SCHEMAS).map(([name, parametersJsonSchema]) => ({
  name,
  parametersJsonSchema,
}));
const config = { tools: [{ functionDeclarations }] };
const say = (name, answer) =>
  report(name, {
    model: answer.modelVersion,
    text: (answer.candidates[0].content.parts ?? []).map(part => part.text ?? '').join(''),
    tools: (answer.functionCalls ?? []).map(call => [call.name, call.args]),
    usage: [answer.usageMetadata.promptTokenCount, answer.usageMetadata.candidatesTokenCount],
  });

say('json', await models.generateContent({ model, contents: 'hello' }));
const contents = [{ role: 'user', parts: [{ text: 'the weather, please' }] }];
for (;;) {
  const answer = await models.generateContent({ model, contents, config });
  say('tools', answer);
  if (!answer.functionCalls) break;
  const parts = answer.functionCalls.map(({ name }) => ({
    functionResponse: { name, response: { output: TOOLS[name]() } },
  }));
  contents.push(answer.candidates[0].content, { role: 'user', parts });
}
const long = Array.from({ length: 60 }, (_, i) => `word${i}`).join(' ');
let text = '';
let chunks = 0;
let usage;
for await (const chunk of await models.generateContentStream({ model, contents: long })) {
  text += chunk.text ?? '';
  chunks++;
  usage = chunk.usageMetadata;
}
report('sse', { text, usage: [usage.promptTokenCount, usage.candidatesTokenCount] });
console.log('chunks', chunks);
const { embeddings } = await models.embedContent({
  model: 'gemini-embedding-001',
  contents: ['a', 'b'],
  config: { outputDimensionality: 8 },
});
console.log('embeddings', embeddings.map(each => each.values.length).join());
console.log('count', (await models.countTokens({ model, contents: 'hello' })).totalTokens);
for (let i = 0; i < 3; i++)
  console.log('again', (await models.generateContent({ model, contents: 'again' })).text);
const parallel = await Promise.all(
  Array.from({ length: 8 }, (_, i) => models.generateContent({ model, contents: `number ${i}` })),
);
console.log('parallel', parallel.map(each => each.text).join());
try {
  const wrong = new GoogleGenAI({ apiKey: 'invalid' });
  await wrong.models.generateContent({ model, contents: 'hello' });
} catch (error) {
  console.log('wrong key', error.status);
}
