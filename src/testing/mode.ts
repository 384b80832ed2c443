/**
 * - `replay`: answers come from the cassette; a request that it does not hold fails the test.
 * - `record`: the provider answers, and the cassette is written anew if the test passes.
 * - `once`: `replay` where the cassette is there, else `record`.
 * - `live`: the provider answers, no cassette is read or written.
 */
export type Mode = 'replay' | 'record' | 'once' | 'live';

const MODES: readonly Mode[] = ['replay', 'record', 'once', 'live'];

/**
 * The mode of this run: `REWIND_MODE`, else what the test asks for, else `replay`. In CI a test cannot ask: what is not
 * on tape must not be bought there by accident.
 */
export function modeFor(
  asked: Mode | undefined,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Mode {
  const told = env.REWIND_MODE;
  if (told !== undefined && told !== '') {
    const mode = MODES.find(each => each === told);
    if (!mode) throw new Error(`REWIND_MODE=${told} is no mode; modes are ${MODES.join(', ')}`);
    return mode;
  }
  return isTrue(env.CI) ? 'replay' : (asked ?? 'replay');
}

const isTrue = (value: string | undefined): boolean =>
  value !== undefined && !['', '0', 'false'].includes(value.toLowerCase());
