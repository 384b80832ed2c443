// One question to a model, in CommonJS. `node greeter.cjs [name]`; needs OPENAI_API_KEY.
const OpenAI = require('openai');

async function greet(name) {
  const messages = [{ role: 'user', content: `Greet ${name} in one short sentence.` }];
  const answer = await new OpenAI().chat.completions.create({ model: 'gpt-4.1-mini', messages });
  return answer.choices[0].message.content;
}

module.exports = { greet };
if (require.main === module) greet(process.argv[2] ?? 'Ada').then(console.log);
