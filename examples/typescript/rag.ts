// Answers from a few markdown files (RAG). `node rag.ts [question]`; needs GEMINI_API_KEY.
import { readdirSync, readFileSync } from 'node:fs';
import { GoogleGenAI } from '@google/genai';

const KNOWLEDGE = new URL('../knowledge/', import.meta.url);
const question = process.argv.slice(2).join(' ') || 'How long does a refund take?';
const client = new GoogleGenAI({ apiKey: process.env.GEMINI_API_KEY ?? '' });

async function embed(contents: string[]): Promise<number[][]> {
  const config = { outputDimensionality: 256 };
  const { embeddings } = await client.models.embedContent({
    model: 'gemini-embedding-001',
    contents,
    config,
  });
  return (embeddings ?? []).map(each => each.values ?? []);
}

function cosine(a: readonly number[], b: readonly number[]): number {
  const dot = a.reduce((sum, value, index) => sum + value * b[index]!, 0);
  return dot / (Math.hypot(...a) * Math.hypot(...b));
}

const names = readdirSync(KNOWLEDGE).sort();
const texts = names.map(name => readFileSync(new URL(name, KNOWLEDGE), 'utf8'));
const vectors = await embed([...texts, question]);
const asked = vectors.pop()!;
const near = vectors.map(vector => cosine(vector, asked));
const best = near.indexOf(Math.max(...near));
console.log(`Source: ${names[best]}`);

const stream = await client.models.generateContentStream({
  model: 'gemini-2.5-flash',
  contents: question,
  config: { systemInstruction: `Answer from this text only:\n\n${texts[best]}` },
});
for await (const chunk of stream) process.stdout.write(chunk.text ?? '');
console.log();
