import { answerBody, type Exchange } from '../src/wire/exchange.ts';

/** What tools do that compare call by call: the first position whose request or answer has other bytes. */
export function firstByteDifference(good: readonly Exchange[], bad: readonly Exchange[]): number | null {
  for (let i = 0; i < Math.max(good.length, bad.length); i++) {
    const [one, two] = [good[i], bad[i]];
    if (!one || !two) return i;
    const same =
      Buffer.compare(one.request.body, two.request.body) === 0 &&
      Buffer.compare(answerBody(one.answer), answerBody(two.answer)) === 0;
    if (!same) return i;
  }
  return null;
}

export const percent = (part: number, of: number): string =>
  `${((100 * part) / of).toFixed(1)} %`.padStart(8);
