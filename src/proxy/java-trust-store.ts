import { X509Certificate } from 'node:crypto';
import { basename, join } from 'node:path';
import { writeFileAtomic } from './atomic-file.ts';
import type { CertificateAuthority } from './certificates.ts';
import { type Asn1, bmpString, der, explicit, integer, octets, oid, sequence, set } from './der.ts';
import { type TrustOptions, trustedCertificates } from './trust-bundle.ts';

/** For `-Djavax.net.ssl.trustStorePassword`; the store holds nothing secret and is not encrypted. */
export const javaTrustStorePassword = 'changeit';

/**
 * A PKCS #12 trust store (RFC 7292) for `-Djavax.net.ssl.trustStore`, which replaces Java's own roots: the same certificates as
 * `trustBundle`. Without a MAC, which Java does not ask for; the file is as safe as its folder.
 */
export function javaTrustStore(ca: CertificateAuthority, options: TrustOptions = {}): string {
  const path = join(ca.folder, `${basename(ca.certPath, '.pem')}.p12`);
  const bags = trustedCertificates(ca, options).flatMap((pem, index) =>
    certificateBag(pem, `rewind-${index}`),
  );
  const safe = sequence(data(sequence(...bags)));
  writeFileAtomic(path, der(sequence(integer(3), data(safe))), 0o644);
  return path;
}

function data(content: Asn1): Asn1 {
  return sequence(oid('1.2.840.113549.1.7.1'), explicit(0, octets(der(content))));
}

function certificateBag(certificate: string, name: string): Asn1 {
  const { raw } = new X509Certificate(certificate);
  const friendlyName = sequence(oid('1.2.840.113549.1.9.20'), set(bmpString(name)));
  // Oracle's own attribute: without it Java takes the entry for part of a chain and trusts nothing. Any key usage.
  const trusted = sequence(oid('2.16.840.1.113894.746875.1.1'), set(oid('2.5.29.37.0')));
  return sequence(
    oid('1.2.840.113549.1.12.10.1.3'),
    explicit(0, sequence(oid('1.2.840.113549.1.9.22.1'), explicit(0, octets(raw)))),
    set(friendlyName, trusted),
  );
}
