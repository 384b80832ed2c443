import type { Exchange } from '../../src/wire/exchange.ts';
import { sampleExchange } from './sample.ts';

/** The same exchange for the same numbers, in every process: what a child has written, its parent can compare. */
export function randomExchange(session: number, seq: number): Exchange {
  const noise = (length: number, salt: number): string => {
    let state = (session * 7919 + seq * 104_729 + salt * 15_485_863) | 1;
    let text = '';
    while (text.length < length) {
      state = Math.imul(state ^ (state >>> 13), 0x5bd1e995) + salt;
      text += (state >>> 0).toString(36);
    }
    return text;
  };
  const history = Array.from({ length: seq + 1 }, (_, i) => ({
    role: 'user',
    content: `${i} ${noise(20 + ((i * 37) % 900), i)}`,
  }));
  return sampleExchange({
    seq,
    body: JSON.stringify({ model: 'm', messages: history }),
    chunks: Array.from(
      { length: 1 + (seq % 7) },
      (_, i) => `data: {"t":"${noise(30 + i * 50, i + 99)}"}\n\n`,
    ),
  });
}
