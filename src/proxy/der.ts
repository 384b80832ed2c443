import type forge from 'node-forge';
import asn1 from 'node-forge/lib/asn1.js';

/** ASN.1 values in node-forge's shape, and their DER (X.690). forge holds bytes as latin1 strings. */
export type Asn1 = forge.asn1.Asn1;

const { Class, Type } = asn1;

export const sequence = (...parts: Asn1[]): Asn1 => universal(Type.SEQUENCE, parts);
export const set = (...parts: Asn1[]): Asn1 => universal(Type.SET, parts);
export const oid = (id: string): Asn1 => universal(Type.OID, asn1.oidToDer(id).getBytes());
export const octets = (bytes: string | Uint8Array): Asn1 => universal(Type.OCTETSTRING, latin1(bytes));
export const utf8 = (text: string): Asn1 => universal(Type.UTF8, latin1(Buffer.from(text)));
export const integer = (value: number): Asn1 => bigInteger(asn1.integerToDer(value).getBytes());
/** Two's complement, big endian. */
export const bigInteger = (bytes: string | Uint8Array): Asn1 => universal(Type.INTEGER, latin1(bytes));
export const boolean = (value: boolean): Asn1 => universal(Type.BOOLEAN, value ? '\xff' : '\x00');
export const bits = (bytes: string | Uint8Array, unused = 0): Asn1 =>
  universal(Type.BITSTRING, String.fromCharCode(unused) + latin1(bytes));
/** UTCTime, good until 2049 (RFC 5280, section 4.1.2.5). */
export const utcTime = (date: Date): Asn1 => universal(Type.UTCTIME, asn1.dateToUtcTime(date));
/** `[tag] IMPLICIT`, primitive. */
export const context = (tag: number, bytes: string | Uint8Array): Asn1 =>
  asn1.create(Class.CONTEXT_SPECIFIC, tag as forge.asn1.Type, false, latin1(bytes));
/** `[tag] EXPLICIT`, or implicit around a constructed value's parts. */
export const explicit = (tag: number, ...parts: Asn1[]): Asn1 =>
  asn1.create(Class.CONTEXT_SPECIFIC, tag as forge.asn1.Type, true, parts);

export function der(value: Asn1): Buffer {
  return Buffer.from(asn1.toDer(value).getBytes(), 'latin1');
}

export function fromDer(bytes: Uint8Array): Asn1 {
  return asn1.fromDer(latin1(bytes));
}

export function pem(bytes: Uint8Array): string {
  const lines =
    Buffer.from(bytes)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

function universal(type: forge.asn1.Type, value: string | Asn1[]): Asn1 {
  return asn1.create(Class.UNIVERSAL, type, Array.isArray(value), value);
}

function latin1(bytes: string | Uint8Array): string {
  return typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString('latin1');
}
