import { parse } from 'yaml';
import { RewindError } from '../errors.ts';

/**
 * YAML of hostile origin, as the dialect 1.1 that PyYAML and go-yaml write (`!!binary` gives bytes). No tag constructs
 * anything but plain data: a foreign one such as `!!python/unicode` leaves its plain value. Aliases may not multiply.
 */
export function parseForeignYaml(text: string, filename: string): unknown {
  try {
    return parse(text, {
      version: '1.1',
      merge: false,
      logLevel: 'error',
      prettyErrors: true,
      // The check takes quadratic time in a map's size.
      uniqueKeys: false,
      // PyYAML writes an alias wherever one object was used again; a bomb needs far more.
      maxAliasCount: 10_000,
      strict: false,
    }) as unknown;
  } catch (error) {
    const message = error instanceof Error ? error.message.split('\n')[0]! : String(error);
    throw new RewindError(
      'bad-yaml',
      `${filename} cannot be read as YAML: ${message.replace(/:$/, '')}`,
      'Rewind reads .rw, HAR 1.2 and the cassettes of vcrpy and go-vcr.',
      { cause: error },
    );
  }
}
