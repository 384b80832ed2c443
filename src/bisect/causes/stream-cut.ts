import { answerBody } from '../../wire/exchange.ts';
import { brief } from '../brief.ts';
import type { Cause } from '../cause.ts';
import { brokenOf, cutOf } from '../cut.ts';
import { oneSided } from '../one-sided.ts';

export const streamCut: Cause = {
  id: 'stream_cut',
  family: 'provider',
  cap: 'ISOLATED',
  weight: 'fault',
  definition:
    'A streamed answer of status 200 ends without its proper end, or with an error inside, in one run only.',
  evidence: 'How the answer ended, its last event, bytes received.',
  confounders: 'A recorder that lost the end.',
  verification: 'Give the good answer at this step to the bad run: it heals.',
  same: 'every stream came to its proper end',
  inAnswer: pair => {
    const broken = oneSided(pair, brokenOf);
    return (broken.length > 0 ? broken : oneSided(pair, cutOf)).map(({ side, what, other }) => ({
      field: 'response.stream',
      detail: `In ${side} the stream was cut: ${brief(what)}. In the other run it came whole.`,
      good: side === 'good' ? what : other,
      bad: side === 'bad' ? what : other,
      facts: [`${answerBody(pair[side].exchange.answer).length} bytes had come.`],
    }));
  },
};
