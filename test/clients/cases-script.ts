import type { Script } from '../../src/emulator/script.ts';

const MEGABYTE = 1024 * 1024;

/** What the models say to the programs in `programs/`; each case is known by a word of the user's. */
export const casesScript: Script = {
  turns: [
    {
      match: { toolResult: true },
      answer: { text: 'It is {{tool.get_weather.result.degrees}} degrees, {{tool.get_time.result.time}}.' },
    },
    {
      match: { user: 'weather' },
      answer: {
        text: 'I look.',
        toolCalls: [
          { name: 'get_weather', arguments: { city: 'Oslo', days: [1, 2] } },
          { name: 'get_time', arguments: { zone: 'Europe/Oslo' } },
        ],
      },
    },
    {
      match: { user: 'flaky' },
      answer: {
        sequence: [{ error: { kind: 'rate_limit', retryAfter: 0.05 } }, { text: 'Here at last.' }],
      },
    },
    { match: { user: 'dice' }, answer: { sequence: [{ text: 'one' }, { text: 'two' }, { text: 'three' }] } },
    {
      match: { user: 'slow' },
      answer: {
        sequence: [{ text: 'Too late.', fault: { kind: 'slow', delayMs: 60_000 } }, { text: 'In time.' }],
      },
    },
    {
      match: { user: 'again' },
      answer: { sequence: [{ text: 'heads' }, { text: 'tails' }, { text: 'edge' }] },
    },
    // A reset can take with it what the client has not read yet, so programs print only that it broke.
    {
      match: { user: 'broken' },
      answer: { text: 'One two three.', fault: { kind: 'reset', afterEvents: 3 } },
    },
    {
      match: { user: 'cut short' },
      answer: { text: 'One two three.', fault: { kind: 'cut', afterEvents: 3 } },
    },
    { match: { user: 'gzip' }, answer: { text: 'Packed by gzip.', encoding: 'gzip' } },
    { match: { user: 'brotli' }, answer: { text: 'Packed by brotli.', encoding: 'br' } },
    { match: { user: 'zstd' }, answer: { text: 'Packed by zstd.', encoding: 'zstd' } },
    { match: { user: 'huge' }, answer: { text: '0123456789abcdef', repeat: (20 * MEGABYTE) / 16 } },
    { match: { user: 'think' }, answer: { reasoning: 'Six times seven.', text: 'It is 42.' } },
    { match: { user: 'locked' }, answer: { refusal: 'I cannot help with that.' } },
  ],
};
