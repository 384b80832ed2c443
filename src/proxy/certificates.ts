import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  X509Certificate,
} from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { RewindError } from '../errors.ts';
import { withFileLock, writeFileAtomic } from './atomic-file.ts';
import { patternSubtree } from './host-pattern.ts';
import { makeCaCertificate, makeLeafCertificate, validFor } from './x509.ts';

/** A certificate authority that only the agent's process is told to trust. */
export interface CertificateAuthority {
  /** PEM. */
  readonly cert: string;
  readonly certPath: string;
  /** Folder of the certificate. */
  readonly folder: string;
  /** DNS subtrees that it may speak for; undefined where it is not limited. */
  readonly permitted: readonly string[] | undefined;
  issue(host: string): IssuedCertificate;
}

export interface IssuedCertificate {
  /** PEM. */
  readonly key: string;
  readonly cert: string;
  readonly expiresAt: Date;
}

const caDays = 5 * 365;
/** Below the 398 days that Apple's clients accept. */
const leafDays = 90;
const renewBefore = 14 * 24 * 60 * 60 * 1000;

/**
 * The CA of a home: `<home>/ca/key.pem` (0600) and one certificate per set of hosts. What is expired, unreadable or does
 * not belong to the key is made anew, and `notice` is told why. Safe with several processes at once.
 */
export function openCertificateAuthority(options: {
  readonly home: string;
  /** Host patterns; see host-pattern.ts. */
  readonly hosts: readonly string[];
  readonly notice?: (message: string) => void;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}): CertificateAuthority {
  const folder = join(options.home, 'ca');
  const permitted = permittedSubtrees(options.hosts);
  const name = createHash('sha256').update(permitted.join('\n')).digest('hex').slice(0, 12);
  const keyPath = join(folder, 'key.pem');
  const certPath = join(folder, `rewind-ca-${name}.pem`);
  const commonName = `Rewind local CA ${name}`;
  const clock = options.now ?? Date.now;
  const now = clock();
  const authority = (key: KeyObject, cert: string) =>
    new Authority({ key, cert, certPath, folder, commonName, permitted, clock });

  try {
    const ready = readAuthority(keyPath, certPath, now);
    if (ready.kind === 'good') return authority(ready.key, ready.cert);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    chmodSync(folder, 0o700);
    return withFileLock(join(folder, '.lock'), () => {
      const found = readAuthority(keyPath, certPath, now);
      if (found.kind === 'good') return authority(found.key, found.cert);
      if (found.why) options.notice?.(`Making a new local CA certificate: ${found.why}.`);
      const key = found.key ?? generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
      if (!found.key) {
        writeFileAtomic(keyPath, key.export({ type: 'pkcs8', format: 'pem' }), 0o600);
      }
      const cert = makeCaCertificate({
        commonName,
        privateKey: key,
        permitted,
        validity: validFor(caDays, now),
      });
      writeFileAtomic(certPath, cert, 0o644);
      return authority(key, cert);
    });
  } catch (error) {
    if (error instanceof RewindError) throw error;
    throw new RewindError(
      'ca-not-writable',
      `The local CA cannot be kept in ${folder}: ${(error as Error).message}`,
      'Make the folder writable, or set REWIND_HOME to one that is.',
      { cause: error },
    );
  }
}

/**
 * A CA without limits, for `--all-http`: lives in one run's temporary folder, its key never on disk. `dispose` deletes what
 * was written.
 */
export function ephemeralCertificateAuthority(folder: string): CertificateAuthority & { dispose(): void } {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { privateKey: key } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const id = createHash('sha256').update(publicDer(key)).digest('hex').slice(0, 12);
  const commonName = `Rewind one-run CA ${id}`;
  const certPath = join(folder, `rewind-ca-${id}.pem`);
  const cert = makeCaCertificate({
    commonName,
    privateKey: key,
    permitted: undefined,
    validity: validFor(2),
  });
  writeFileAtomic(certPath, cert, 0o644);
  const authority = new Authority({
    key,
    cert,
    certPath,
    folder,
    commonName,
    permitted: undefined,
    clock: Date.now,
  });
  return Object.assign(authority, { dispose: () => rmSync(folder, { recursive: true, force: true }) });
}

class Authority implements CertificateAuthority {
  readonly cert: string;
  readonly certPath: string;
  readonly folder: string;
  readonly permitted: readonly string[] | undefined;
  readonly #commonName: string;
  readonly #key: KeyObject;
  readonly #clock: () => number;
  #leafKey: { readonly publicKey: KeyObject; readonly pem: string } | undefined;

  constructor(parts: {
    readonly key: KeyObject;
    readonly cert: string;
    readonly certPath: string;
    readonly folder: string;
    readonly commonName: string;
    readonly permitted: readonly string[] | undefined;
    readonly clock: () => number;
  }) {
    this.cert = parts.cert;
    this.certPath = parts.certPath;
    this.folder = parts.folder;
    this.permitted = parts.permitted;
    this.#commonName = parts.commonName;
    this.#key = parts.key;
    this.#clock = parts.clock;
  }

  issue(host: string): IssuedCertificate {
    this.#leafKey ??= leafKey();
    const validity = validFor(leafDays, this.#clock());
    const cert = makeLeafCertificate({
      host,
      publicKey: this.#leafKey.publicKey,
      caName: this.#commonName,
      caKey: this.#key,
      validity,
    });
    return { key: this.#leafKey.pem, cert, expiresAt: validity.notAfter };
  }
}

/** One for all hosts of a process, never on disk. */
function leafKey(): { readonly publicKey: KeyObject; readonly pem: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { publicKey, pem: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string };
}

type Found =
  | { readonly kind: 'good'; readonly key: KeyObject; readonly cert: string }
  | { readonly kind: 'to-make'; readonly key?: KeyObject; readonly why?: string };

function readAuthority(keyPath: string, certPath: string, now: number): Found {
  const key = readKey(keyPath);
  if (key.kind !== 'good') return key.why ? { kind: 'to-make', why: key.why } : { kind: 'to-make' };
  let cert: string;
  let parsed: X509Certificate;
  try {
    cert = readFileSync(certPath, 'utf8');
  } catch (error) {
    if (isMissing(error)) return { kind: 'to-make', key: key.key };
    throw error;
  }
  try {
    parsed = new X509Certificate(cert);
  } catch {
    return { kind: 'to-make', key: key.key, why: `${certPath} is not a readable certificate` };
  }
  const why = !parsed.checkPrivateKey(key.key)
    ? `${certPath} does not belong to ${keyPath}`
    : Date.parse(parsed.validTo) - renewBefore < now
      ? `${certPath} has expired or is about to`
      : Date.parse(parsed.validFrom) > now
        ? `${certPath} is from the future (did the clock jump?)`
        : undefined;
  return why ? { kind: 'to-make', key: key.key, why } : { kind: 'good', key: key.key, cert };
}

function readKey(
  path: string,
): { readonly kind: 'good'; readonly key: KeyObject } | { readonly kind: 'bad'; readonly why?: string } {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return { kind: 'bad' };
    throw error;
  }
  // A key that others could read has to be held as known to them.
  if (process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0) {
    return { kind: 'bad', why: `${path} was readable by other users` };
  }
  try {
    const key = createPrivateKey(text);
    if (key.asymmetricKeyDetails?.namedCurve === 'prime256v1') return { kind: 'good', key };
  } catch {
    // Falls through to the same answer: not a key that can be used.
  }
  return { kind: 'bad', why: `${path} is not a readable P-256 key` };
}

function permittedSubtrees(hosts: readonly string[]): string[] {
  const subtrees = hosts.map(pattern => {
    const subtree = patternSubtree(pattern);
    if (subtree) return subtree;
    throw new RewindError(
      'host-pattern-too-wide',
      `The host pattern "${pattern}" would let the local CA speak for every host.`,
      'Name at least a domain, such as *.example.com, or use --all-http.',
    );
  });
  return [...new Set(subtrees)].sort();
}

function publicDer(key: KeyObject): Buffer {
  return createPublicKey(key).export({ type: 'spki', format: 'der' });
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}
