// Two named sessions at a time, and a call outside of both.
import { rewind } from 'llm-rewind';
import OpenAI from 'openai';

const client = new OpenAI();
const ask = async content => {
  const messages = [{ role: 'user', content }];
  return (await client.chat.completions.create({ model: 'gpt-4.1-mini', messages })).choices[0].message
    .content;
};
const refund = rewind.session('refund', async text => ask(text));
const order = rewind.session({ name: 'order, größer' }, async function* order(text) {
  yield await ask(text);
  yield await ask(`${text} again`);
});
console.log(await Promise.all([refund('one'), refund('two')]));
const answers = [];
for await (const answer of order('three')) answers.push(answer);
console.log(answers, await ask('outside'));
