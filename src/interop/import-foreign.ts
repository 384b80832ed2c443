import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { RewindError } from '../errors.ts';
import { providerOf } from '../providers/hosts.ts';
import type { Exchange } from '../wire/exchange.ts';
import { header } from '../wire/headers.ts';
import { parseJson, utf8Text } from '../wire/json.ts';
import type { ForeignEntries, ForeignSession } from './foreign.ts';
import { parseForeignYaml } from './foreign-yaml.ts';
import { isGoVcr, readGoVcr } from './go-vcr.ts';
import { isHar, readHar } from './har-import.ts';
import { isVcrpy, readVcrpy } from './vcrpy.ts';

/**
 * Reads a recording of another tool, told apart by what is in it: HAR 1.2, vcrpy (YAML, JSON), go-vcr (YAML). Throws
 * RewindError `bad-json`, `bad-yaml`, `unknown-recording`, `empty-recording`, `recording-too-large`.
 */
export function importForeign(bytes: Uint8Array, filename: string): ForeignSession {
  const file = basename(filename);
  const { format, exchanges, notes, ...known } = readEntries(parseFile(bytes, file), file);
  if (exchanges.length === 0) {
    throw new RewindError(
      'empty-recording',
      `${file} holds no HTTP exchange${notes.list().length > 0 ? `: ${notes.list().join('; ')}` : ''}`,
      'There is nothing to import.',
    );
  }
  const llmOnly = exchanges.every(({ request }) => providerOf(request.host, request.path) !== null);
  return {
    format,
    id: createHash('sha256').update(bytes).digest('hex').slice(0, 32),
    name: file.replace(/\.(har|ya?ml|json)$/i, ''),
    startedAt: ('startedAt' in known ? known.startedAt : null) ?? firstDate(exchanges),
    scope: llmOnly ? 'llm' : 'all-http',
    exchanges,
    warnings: notes.list(),
  };
}

/** What a string may hold, bytes: JSON and YAML are parsed from one. */
const LARGEST_FILE = 2 ** 29 - 24;

function parseFile(bytes: Uint8Array, file: string): unknown {
  if (bytes.length > LARGEST_FILE) {
    throw new RewindError(
      'recording-too-large',
      `${file} has ${Math.round(bytes.length / 1024 ** 2)} MiB; no more than 512 MiB can be read`,
      'Cut it into several files. Cassettes of Rewind (.rw) may have 2 GiB.',
    );
  }
  const text = utf8Text(bytes).replace(/^\ufeff/, '');
  if (!/^\s*[{[]/.test(text)) return parseForeignYaml(text, file);
  const read = parseJson(text);
  if (read.ok) return read.value;
  // YAML's flow style begins with a brace too; a `.json` or `.har` file is what its name says.
  if (!/\.(har|json)$/i.test(file)) return parseForeignYaml(text, file);
  throw new RewindError('bad-json', `${file} is ${read.problem}`, 'Check that the file was saved whole.');
}

function readEntries(file: unknown, name: string): ForeignEntries & { readonly startedAt?: number | null } {
  if (isHar(file)) return readHar(file);
  if (isVcrpy(file)) return readVcrpy(file);
  if (isGoVcr(file)) return readGoVcr(file);
  throw new RewindError(
    'unknown-recording',
    `${name} is no recording that Rewind knows`,
    'Rewind reads .rw, HAR 1.2 (log.entries) and the cassettes of vcrpy and go-vcr (interactions).',
  );
}

function firstDate(exchanges: readonly Exchange[]): number | null {
  for (const { answer } of exchanges) {
    const date = Date.parse(header(answer.head?.headers ?? [], 'date') ?? '');
    if (!Number.isNaN(date)) return date;
  }
  return null;
}
