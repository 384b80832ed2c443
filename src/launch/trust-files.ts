import { X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import tls from 'node:tls';
import { javaKeystore } from './java-keystore.ts';

/** Files that make one child trust our CA. The system's trust store is never touched. */
export interface TrustFiles {
  /** Our CA and what the user's own *adding* variables named: for variables that add to a runtime's roots. */
  readonly extra: string;
  /** Public roots, the system's, the user's and our CA: for variables that replace a runtime's roots. */
  readonly bundle: string;
  /** The bundle as a Java key store. */
  readonly keystore: string;
}

/** Where Linux distributions keep the system's roots, after Go's crypto/x509/root_linux.go. */
const systemBundles = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/pki/tls/cacert.pem',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

const pem = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/**
 * Writes the trust files of one run into `folder`. `caPath`: our CA. `adding`, `replacing`: files (or folders of
 * files) that the user's CA variables name; their certificates are kept. Files that cannot be read are left out, as
 * the runtimes would leave them out too.
 */
export function writeTrustFiles(options: {
  readonly folder: string;
  readonly caPath: string;
  readonly adding: readonly string[];
  readonly replacing: readonly string[];
}): TrustFiles {
  mkdirSync(options.folder, { recursive: true, mode: 0o700 });
  const own = certificatesIn(options.caPath);
  const extra = distinct([...own, ...options.adding.flatMap(certificatesIn)]);
  const all = distinct([
    ...extra,
    ...options.replacing.flatMap(certificatesIn),
    ...systemRoots(),
    ...tls.rootCertificates,
  ]);
  const files = {
    extra: join(options.folder, 'extra-ca.pem'),
    bundle: join(options.folder, 'ca-bundle.pem'),
    keystore: join(options.folder, 'ca-bundle.jks'),
  };
  writeFileSync(files.extra, `${extra.join('\n')}\n`);
  writeFileSync(files.bundle, `${all.join('\n')}\n`);
  writeFileSync(files.keystore, javaKeystore(all.flatMap(readable)));
  return files;
}

/** The file with the system's roots, where there is such a file. */
export function systemCaFile(): string | undefined {
  return process.platform === 'linux' ? systemBundles.find(file => existsSync(file)) : undefined;
}

function systemRoots(): readonly string[] {
  const file = systemCaFile();
  if (file) return certificatesIn(file);
  return tls.getCACertificates?.('system') ?? [];
}

function certificatesIn(path: string): readonly string[] {
  try {
    if (statSync(path).isDirectory()) {
      return readdirSync(path).flatMap(name => readFileSync(join(path, name), 'latin1').match(pem) ?? []);
    }
    return readFileSync(path, 'latin1').match(pem) ?? [];
  } catch {
    return [];
  }
}

/** The same certificate may be wrapped at other columns in another file. */
function distinct(certificates: readonly string[]): string[] {
  return [...new Map(certificates.map(each => [each.replace(/\s+/g, ''), each])).values()];
}

function readable(certificate: string): X509Certificate[] {
  try {
    return [new X509Certificate(certificate)];
  } catch {
    return [];
  }
}
