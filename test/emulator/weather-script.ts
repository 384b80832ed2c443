import type { Script } from '../../src/emulator/script.ts';

/** Two tools at once, then an answer made of their results; beside it a refusal, reasoning and a truncation. */
export const weatherScript: Script = {
  turns: [
    {
      match: { toolResult: true },
      answer: {
        text: 'Oslo: {{tool.get_weather.result.degrees}} degrees, {{tool.get_time.result}}.',
      },
    },
    {
      match: { user: { matches: 'weather in (\\w+)' } },
      answer: {
        text: 'Let me look.',
        toolCalls: [
          { name: 'get_weather', arguments: { city: '{{match.1}}', days: 2 } },
          { name: 'get_time', arguments: { zone: 'Europe/{{match.1}}' } },
        ],
      },
    },
    { match: { user: 'lock' }, answer: { refusal: 'I cannot help with that.' } },
    { match: { user: 'think' }, answer: { reasoning: 'Six times seven.', text: 'It is 42.' } },
    { match: { user: 'long' }, answer: { text: 'This goes on', truncated: true } },
  ],
};
