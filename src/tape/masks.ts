/** A pattern whose matches count as equal, whatever they are. `pattern` has the g flag. */
export interface Mask {
  readonly name: string;
  readonly pattern: RegExp;
}

const MONTH =
  '(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sep(?:t(?:ember)?)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)';
const WEEKDAY =
  '(?:Mon(?:day)?|Tue(?:s(?:day)?)?|Wed(?:nesday)?|Thu(?:rs(?:day)?)?|Fri(?:day)?|Sat(?:urday)?|Sun(?:day)?)';
const CLOCK = '\\d{1,2}:\\d{2}(?::\\d{2}(?:[.,]\\d{1,9})?)?(?: ?[AaPp][Mm])?';
const ZONE = '(?: ?(?:Z|UTC|GMT|[+-]\\d{2}:?\\d{2}))?';
const ISO = `\\d{4}-\\d{2}-\\d{2}(?:[T _]${CLOCK}${ZONE})?`;
const TIME_AFTER = `(?:,? (?:at )?${CLOCK}${ZONE})?`;
const DAY_FIRST = `(?:${WEEKDAY},? )?\\d{1,2}(?:st|nd|rd|th)? ${MONTH},? \\d{4}${TIME_AFTER}`;
const MONTH_FIRST = `(?:${WEEKDAY},? )?${MONTH} \\d{1,2}(?:st|nd|rd|th)?,? \\d{4}${TIME_AFTER}`;
const WORD = '(?<![\\w])';

/**
 * The masks a rule may name. None is on by default: a date in a prompt is a real difference until the user says
 * that it is not. All run in linear time: no nested unbounded repetition.
 */
export const BUILT_IN_MASKS: Readonly<Record<string, RegExp>> = {
  uuid: /(?<![0-9a-f])[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}(?![0-9a-f])/gi,
  date: new RegExp(
    `${WORD}(?:${ISO}|${DAY_FIRST}|${MONTH_FIRST}|\\d{1,2}/\\d{1,2}/\\d{2,4}|${WEEKDAY}(?![a-z])|\\d{1,2}:\\d{2}:\\d{2}${ZONE})`,
    'g',
  ),
  epoch: /(?<![\d.])1[0-9]{9}(?:[0-9]{3}|[0-9]{6}|[0-9]{9}|\.[0-9]{1,9})?(?![\d.])/g,
  'tmp-path': /(?:\/private)?(?:\/tmp|\/var\/tmp|\/var\/folders|\/dev\/shm)\/[\w.@%+=~/-]+/g,
  'loopback-port': /(?<=(?:127\.0\.0\.1|localhost|0\.0\.0\.0|\[::1\]):)\d{2,5}/g,
};

/** The text with every match replaced by its mask's name. */
export function maskText(masks: readonly Mask[], text: string): string {
  let masked = text;
  for (const mask of masks) masked = masked.replace(mask.pattern, () => `\u0000<${mask.name}>`);
  return masked;
}
