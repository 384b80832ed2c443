import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { RewindError } from '../errors.ts';
import { providerOf } from '../providers/hosts.ts';
import type { Exchange } from '../wire/exchange.ts';
import { header } from '../wire/headers.ts';
import { parseJson, utf8Text } from '../wire/json.ts';
import { type Attachments, noAttachments } from './attachments.ts';
import type { ForeignEntries, ForeignSession } from './foreign.ts';
import { parseForeignYaml } from './foreign-yaml.ts';
import { isGoVcr, readGoVcr } from './go-vcr.ts';
import { isHar, readHar } from './har-import.ts';
import { isRubyVcr, readRubyVcr } from './ruby-vcr.ts';
import { isVcrpy, readVcrpy } from './vcrpy.ts';
import { isZip, readZip } from './zip.ts';

/**
 * Reads a recording of another tool, told apart by what is in it: HAR 1.2 (also in a ZIP, with the files it names), vcrpy
 * and Ruby VCR (YAML, JSON), go-vcr (YAML). `beside` gives the files that a HAR outside of a ZIP names. Throws RewindError
 * `bad-json`, `bad-yaml`, `bad-zip`, `unknown-recording`, `empty-recording`, `recording-too-large`.
 */
export function importForeign(
  bytes: Uint8Array,
  filename: string,
  beside: Attachments = noAttachments,
): ForeignSession {
  const file = basename(filename);
  const { format, exchanges, notes, startedAt } = isZip(bytes)
    ? readHarOf(readZip(bytes, file), file)
    : readEntries(parseFile(bytes, file), file, beside);
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
    name: file.replace(/(\.har)?\.(har|ya?ml|json|zip)$/i, ''),
    startedAt: startedAt ?? firstDate(exchanges),
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

function readEntries(file: unknown, name: string, attachments: Attachments): ForeignEntries {
  if (isHar(file)) return readHar(file, attachments);
  if (isVcrpy(file)) return readVcrpy(file);
  if (isGoVcr(file)) return readGoVcr(file);
  if (isRubyVcr(file)) return readRubyVcr(file);
  throw unknownRecording(name);
}

function readHarOf(files: ReadonlyMap<string, () => Buffer>, archive: string): ForeignEntries {
  const [har, ...others] = [...files.keys()].filter(name => /\.har$/i.test(name));
  if (har === undefined || others.length > 0) throw unknownRecording(archive);
  const file = parseFile(files.get(har)!(), `${har} of ${archive}`);
  const folder = har.slice(0, har.lastIndexOf('/') + 1);
  return readEntries(file, archive, name => files.get(folder + name)?.());
}

function unknownRecording(name: string): RewindError {
  return new RewindError(
    'unknown-recording',
    `${name} is no recording that Rewind knows`,
    'Rewind reads .rw, HAR 1.2 (log.entries; or a ZIP with one .har in it) and the cassettes of vcrpy, go-vcr (interactions) and Ruby VCR (http_interactions).',
  );
}

function firstDate(exchanges: readonly Exchange[]): number | null {
  for (const { answer } of exchanges) {
    const date = Date.parse(header(answer.head?.headers ?? [], 'date') ?? '');
    if (!Number.isNaN(date)) return date;
  }
  return null;
}
