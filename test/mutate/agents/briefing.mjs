// Asks for a place, then begins another conversation about whatever it was told: a broken first answer leads to a request that was never recorded.
const ask = async messages => {
  const answer = await fetch('https://api.openai.com/v1/chat/completions', {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${process.env.OPENAI_API_KEY}` },
    body: JSON.stringify({ model: 'gpt-4.1-mini', messages }),
  });
  const { choices } = await answer.json();
  return choices[0].message.content;
};
const place = await ask([{ role: 'user', content: 'Which city?' }]);
console.log(
  await ask([
    { role: 'system', content: `You know ${place}.` },
    { role: 'user', content: 'The weather?' },
  ]),
);
