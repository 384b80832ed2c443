import { createHash } from 'node:crypto';
import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import * as tls from 'node:tls';
import { writeFileAtomic } from './atomic-file.ts';
import type { CertificateAuthority } from './certificates.ts';

export interface TrustOptions {
  /** PEM files that the user's environment already trusts (SSL_CERT_FILE, REQUESTS_CA_BUNDLE, NODE_EXTRA_CA_CERTS …). */
  readonly extraFiles?: readonly string[];
}

/**
 * A PEM file for variables that *replace* a runtime's roots (SSL_CERT_FILE, REQUESTS_CA_BUNDLE, CURL_CA_BUNDLE): our CA, the
 * public roots, the system's own and the user's. Written beside the CA, again only when one of them has changed.
 */
export function trustBundle(ca: CertificateAuthority, options: TrustOptions = {}): string {
  const path = join(ca.folder, `${basename(ca.certPath, '.pem')}.bundle.pem`);
  const firstLine = `# Rewind trust bundle ${stateOf(ca, options)}\n`;
  if (beginsWith(path, firstLine)) return path;
  writeFileAtomic(path, firstLine + trustedCertificates(ca, options).join(''), 0o644);
  return path;
}

/** What the bundle holds: PEM blocks, our CA first, none twice. */
export function trustedCertificates(
  ca: CertificateAuthority,
  { extraFiles = [] }: TrustOptions = {},
): string[] {
  const texts = [ca.cert, ...extraFiles.map(readIfThere), ...systemRoots(), ...tls.rootCertificates];
  const blocks = texts.flatMap(
    text => text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [],
  );
  const byContent = new Map(blocks.map(block => [block.replace(/\s+/g, ''), `${block}\n`]));
  return [...byContent.values()];
}

/** Where Linux distributions, the BSDs and macOS keep all roots in one file. */
const systemFiles = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

const systemFile = () =>
  systemFiles.find(file => statSync(file, { throwIfNoEntry: false })?.isFile() === true);

function systemRoots(): readonly string[] {
  const file = systemFile();
  if (file && process.platform !== 'darwin') return [readFileSync(file, 'utf8')];
  // Node 22.15 and later; the keychain and Windows' store have no file.
  const { getCACertificates } = tls as { getCACertificates?: (type: 'system') => string[] };
  return getCACertificates?.('system') ?? (file ? [readFileSync(file, 'utf8')] : []);
}

/** Changes whenever the bundle would. A store without a file is read again every day. */
function stateOf(ca: CertificateAuthority, { extraFiles = [] }: TrustOptions): string {
  const file = systemFile();
  const files = [...extraFiles, ...(file ? [file] : [])].map(each => {
    const stat = statSync(each, { throwIfNoEntry: false });
    return [each, stat?.mtimeMs, stat?.size];
  });
  const day = file && process.platform !== 'darwin' ? 0 : Math.floor(Date.now() / 86_400_000);
  const state = JSON.stringify([ca.cert, process.versions.node, files, day]);
  return createHash('sha256').update(state).digest('hex').slice(0, 32);
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // The variable may point to nothing, which its own reader would then have said.
    return '';
  }
}

function beginsWith(path: string, text: string): boolean {
  const wanted = Buffer.from(text);
  const found = Buffer.alloc(wanted.length);
  try {
    const file = openSync(path, 'r');
    try {
      readSync(file, found);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
  return found.equals(wanted);
}
