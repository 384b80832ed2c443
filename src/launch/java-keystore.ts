import { createHash, type X509Certificate } from 'node:crypto';

/** Public by design: a trust store holds no secret, the password only guards its integrity. */
export const keystorePassword = 'changeit';

/**
 * A Java key store (JKS, version 2) that holds these certificates as trusted. JKS because it needs no dependency and
 * every JDK reads it, while a PKCS #12 trust store needs Oracle's own bag attribute, which node-forge cannot write.
 * Layout: OpenJDK, sun.security.provider.JavaKeyStore.engineStore.
 */
export function javaKeystore(certificates: readonly X509Certificate[]): Buffer {
  const head = Buffer.concat([uint32(0xfeedfeed), uint32(2), uint32(certificates.length)]);
  const entries = certificates.map((certificate, index) =>
    Buffer.concat([
      uint32(2), // a trusted certificate
      text(`rewind-${index}`),
      Buffer.alloc(8), // made at the epoch: the same certificates give the same file
      text('X.509'),
      uint32(certificate.raw.length),
      certificate.raw,
    ]),
  );
  const body = Buffer.concat([head, ...entries]);
  const digest = createHash('sha1')
    .update(Buffer.from(keystorePassword, 'utf16le').swap16())
    .update('Mighty Aphrodite')
    .update(body)
    .digest();
  return Buffer.concat([body, digest]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value, 'ascii');
  const length = Buffer.alloc(2);
  length.writeUInt16BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
