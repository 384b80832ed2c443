// A client and an SDK that a base URL sends to the proxy itself. Marks as in run-cases.mjs.
import OpenAI from 'openai';

const base = process.env.OPENAI_BASE_URL ?? '';
if (!base.includes('/_rewind/')) throw new Error(`no base URL of Rewind's: ${base}`);

const chat = name => ({ model: 'gpt-4o', messages: [{ role: 'user', content: `case=${name}` }] });
const headers = { 'content-type': 'application/json', authorization: 'Bearer sk-test' };

async function ask() {
  await new OpenAI().chat.completions.create(chat('base-url-sdk')); // @base-url-sdk
}

await ask(); // @base-url-sdk+1
const body = JSON.stringify(chat('base-url-fetch'));
const answer = await fetch(`${base}/chat/completions`, { method: 'POST', headers, body }); // @base-url-fetch
await answer.arrayBuffer();
