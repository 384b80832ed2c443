import { createHash, createPublicKey, type KeyObject, randomBytes, sign } from 'node:crypto';
import { isIP } from 'node:net';
import {
  type Asn1,
  bigInteger,
  bits,
  boolean,
  context,
  der,
  explicit,
  fromDer,
  integer,
  octets,
  oid,
  pem,
  sequence,
  set,
  utcTime,
  utf8,
} from './der.ts';

/**
 * X.509 certificates (RFC 5280), put together by node-forge's ASN.1. forge knows RSA only, so keys and signatures come
 * from node:crypto: P-256, whose key is made in 0.1 ms (RSA-2048: 72 ms) and whose handshakes are cheaper.
 */

const day = 24 * 60 * 60 * 1000;

export interface Validity {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** A day back, for clocks that disagree. */
export function validFor(days: number, now = Date.now()): Validity {
  return { notBefore: new Date(now - day), notAfter: new Date(now + days * day) };
}

/** A self-signed CA. `permitted`: DNS subtrees it may speak for (with loopback addresses); undefined: any host. */
export function makeCaCertificate(options: {
  readonly commonName: string;
  readonly privateKey: KeyObject;
  readonly permitted: readonly string[] | undefined;
  readonly validity: Validity;
}): string {
  const name = distinguishedName(options.commonName);
  const publicKey = createPublicKey(options.privateKey);
  const keyId = keyIdentifier(publicKey);
  return signed(options.privateKey, {
    issuer: name,
    subject: name,
    validity: options.validity,
    publicKey,
    extensions: [
      extension('2.5.29.19', true, sequence(boolean(true), integer(0))),
      extension('2.5.29.15', true, bits('\x06', 1)), // keyCertSign, cRLSign
      extension('2.5.29.14', false, octets(keyId)),
      extension('2.5.29.35', false, sequence(context(0, keyId))),
      ...(options.permitted ? [extension('2.5.29.30', true, nameConstraints(options.permitted))] : []),
    ],
  });
}

/** A server certificate for one host name or IP address. */
export function makeLeafCertificate(options: {
  readonly host: string;
  readonly publicKey: KeyObject;
  readonly caName: string;
  readonly caKey: KeyObject;
  readonly validity: Validity;
}): string {
  const caKeyId = keyIdentifier(createPublicKey(options.caKey));
  const ip = isIP(options.host) !== 0;
  const alternative = ip ? context(7, addressBytes(options.host)) : context(2, options.host);
  return signed(options.caKey, {
    issuer: distinguishedName(options.caName),
    // Clients read the alternative name; OpenSSL holds a common name that looks like a host to the DNS constraints.
    subject: distinguishedName('Rewind: recorded here'),
    validity: options.validity,
    publicKey: options.publicKey,
    extensions: [
      extension('2.5.29.19', true, sequence()),
      extension('2.5.29.15', true, bits('\x80', 7)), // digitalSignature
      extension('2.5.29.37', false, sequence(oid('1.3.6.1.5.5.7.3.1'))), // serverAuth
      extension('2.5.29.14', false, octets(keyIdentifier(options.publicKey))),
      extension('2.5.29.35', false, sequence(context(0, caKeyId))),
      extension('2.5.29.17', false, sequence(alternative)),
    ],
  });
}

interface Certificate {
  readonly issuer: Asn1;
  readonly subject: Asn1;
  readonly validity: Validity;
  readonly publicKey: KeyObject;
  readonly extensions: readonly Asn1[];
}

const ecdsaWithSha256 = '1.2.840.10045.4.3.2';

function signed(key: KeyObject, certificate: Certificate): string {
  const algorithm = () => sequence(oid(ecdsaWithSha256));
  // A leading 01 keeps the serial number positive and of full length.
  const serial = Buffer.concat([Buffer.of(1), randomBytes(15)]);
  const toBeSigned = sequence(
    explicit(0, integer(2)),
    bigInteger(serial),
    algorithm(),
    certificate.issuer,
    sequence(utcTime(certificate.validity.notBefore), utcTime(certificate.validity.notAfter)),
    certificate.subject,
    fromDer(certificate.publicKey.export({ type: 'spki', format: 'der' })),
    explicit(3, sequence(...certificate.extensions)),
  );
  const signature = sign('sha256', der(toBeSigned), key);
  return pem(der(sequence(toBeSigned, algorithm(), bits(signature))));
}

function nameConstraints(permitted: readonly string[]): Asn1 {
  const subtrees = [...new Set([...permitted, 'localhost'])].map(name => sequence(context(2, name)));
  // Without an address here, every address would be permitted.
  const addresses = ['7f000001ffffffff', `${'0'.repeat(31)}1${'f'.repeat(32)}`].map(hex =>
    sequence(context(7, Buffer.from(hex, 'hex'))),
  );
  return sequence(explicit(0, ...subtrees, ...addresses));
}

/**
 * RFC 5280, section 4.2.1.2, method 1: SHA-1 of the public key's bits, for P-256 the last 65 bytes of its encoding. An
 * identifier, not a safeguard.
 */
function keyIdentifier(publicKey: KeyObject): Buffer {
  const point = publicKey.export({ type: 'spki', format: 'der' }).subarray(-65);
  return createHash('sha1').update(point).digest();
}

function distinguishedName(commonName: string): Asn1 {
  const attribute = (type: string, value: string) => set(sequence(oid(type), utf8(value)));
  return sequence(attribute('2.5.4.10', 'Rewind'), attribute('2.5.4.3', commonName));
}

function extension(id: string, critical: boolean, value: Asn1): Asn1 {
  return sequence(oid(id), ...(critical ? [boolean(true)] : []), octets(der(value)));
}

function addressBytes(address: string): Buffer {
  if (isIP(address) === 4) return Buffer.from(address.split('.').map(Number));
  const bare = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = '', tail] = bare.split('::');
  const groups = (part: string) => (part ? part.split(':') : []);
  const after = groups(tail ?? '');
  const before = groups(head);
  const middle = Array.from({ length: tail === undefined ? 0 : 8 - before.length - after.length }, () => '0');
  const hex = [...before, ...middle, ...after].map(group => group.padStart(4, '0')).join('');
  return Buffer.from(hex, 'hex');
}
