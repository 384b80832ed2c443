import { parse, type ScalarTag } from 'yaml';
import { RewindError } from '../errors.ts';

const RUBY_BINARY: ScalarTag = { tag: '!binary', resolve: text => Buffer.from(text, 'base64') };

/**
 * YAML of hostile origin, as the dialect 1.1 that PyYAML, go-yaml and Ruby write (`!!binary`, Ruby's `!binary`, gives
 * bytes). No tag constructs anything but plain data: a foreign one such as `!!python/unicode` leaves its plain value.
 * Aliases may not multiply.
 */
export function parseForeignYaml(text: string, filename: string): unknown {
  try {
    return parse(text, {
      version: '1.1',
      customTags: [RUBY_BINARY],
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
      'Rewind reads .rw, HAR 1.2 and the cassettes of vcrpy, go-vcr and Ruby VCR.',
      { cause: error },
    );
  }
}
