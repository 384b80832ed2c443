/**
 * AWS event stream framing
 * (https://smithy.io/2.0/aws/amazon-eventstream.html). A message is
 * total length u32 · headers length u32 · CRC of these · headers · payload · CRC of all before; big-endian.
 */
import { crc32 } from './crc32.ts';

export const EVENT_STREAM = 'application/vnd.amazon.eventstream';

export type EventStreamValue =
  | { readonly type: 'boolean'; readonly value: boolean }
  | { readonly type: 'byte' | 'short' | 'integer'; readonly value: number }
  /** `timestamp`: milliseconds since 1970. */
  | { readonly type: 'long' | 'timestamp'; readonly value: bigint }
  | { readonly type: 'binary'; readonly value: Uint8Array }
  | { readonly type: 'string'; readonly value: string }
  /** 32 hex digits. */
  | { readonly type: 'uuid'; readonly value: string };

export interface EventStreamMessage {
  readonly headers: readonly (readonly [name: string, value: EventStreamValue])[];
  readonly payload: Uint8Array;
}

export interface DecodedMessage extends EventStreamMessage {
  /** Offsets of the whole frame. */
  readonly start: number;
  readonly end: number;
}

export interface EventStreamRead {
  readonly messages: readonly DecodedMessage[];
  /** Where reading stopped: the length, or the start of the first message that is cut or damaged. */
  readonly end: number;
  readonly problem?: string;
  /** The problem is that the last message has no end yet. */
  readonly cut?: true;
}

const CUT = 'event stream message cut';

/** The service's own limit for a message: 16 MiB of payload and 128 KiB of headers. */
const MAX_MESSAGE = 24 * 1024 * 1024;

/** Reads message after message, and stops at the first that is cut or damaged. Never throws. */
export function parseEventStream(bytes: Uint8Array): EventStreamRead {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const messages: DecodedMessage[] = [];
  let at = 0;
  while (at < bytes.length) {
    const message = messageAt(bytes, view, at);
    if (typeof message === 'string') {
      const problem = `${message} at byte ${at}`;
      return { messages, end: at, problem, ...(message === CUT && { cut: true }) };
    }
    messages.push(message);
    at = message.end;
  }
  return { messages, end: at };
}

/** The value of a string header, such as `:event-type`. */
export function stringHeader(message: EventStreamMessage, name: string): string | undefined {
  const value = message.headers.find(([key]) => key === name)?.[1];
  return value?.type === 'string' ? value.value : undefined;
}

function messageAt(bytes: Uint8Array, view: DataView, start: number): DecodedMessage | string {
  if (bytes.length - start < 16) return CUT;
  const total = view.getUint32(start);
  const headersLength = view.getUint32(start + 4);
  if (crc32(bytes.subarray(start, start + 8)) !== view.getUint32(start + 8)) {
    return 'event stream prelude with a wrong checksum';
  }
  if (total > MAX_MESSAGE || total < 16 + headersLength)
    return 'event stream message with impossible lengths';
  const end = start + total;
  if (end > bytes.length) return CUT;
  if (crc32(bytes.subarray(start, end - 4)) !== view.getUint32(end - 4)) {
    return 'event stream message with a wrong checksum';
  }
  const payloadStart = start + 12 + headersLength;
  const headers = readHeaders(bytes.subarray(start + 12, payloadStart));
  if (!headers) return 'event stream message with unreadable headers';
  return { headers, payload: bytes.subarray(payloadStart, end - 4), start, end };
}

function readHeaders(bytes: Uint8Array): EventStreamMessage['headers'] | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headers: [string, EventStreamValue][] = [];
  let at = 0;
  const take = (length: number): Buffer => {
    if (at + length > buffer.length) throw new RangeError('header cut');
    at += length;
    return buffer.subarray(at - length, at);
  };
  try {
    while (at < buffer.length) {
      const name = take(take(1).readUInt8()).toString('utf8');
      headers.push([name, readValue(take(1).readUInt8(), take)]);
    }
    return headers;
  } catch {
    return undefined;
  }
}

function readValue(type: number, take: (length: number) => Buffer): EventStreamValue {
  switch (type) {
    case 0:
      return { type: 'boolean', value: true };
    case 1:
      return { type: 'boolean', value: false };
    case 2:
      return { type: 'byte', value: take(1).readInt8() };
    case 3:
      return { type: 'short', value: take(2).readInt16BE() };
    case 4:
      return { type: 'integer', value: take(4).readInt32BE() };
    case 5:
      return { type: 'long', value: take(8).readBigInt64BE() };
    case 6:
      return { type: 'binary', value: take(take(2).readUInt16BE()) };
    case 7:
      return { type: 'string', value: take(take(2).readUInt16BE()).toString('utf8') };
    case 8:
      return { type: 'timestamp', value: take(8).readBigInt64BE() };
    case 9:
      return { type: 'uuid', value: take(16).toString('hex') };
    default:
      throw new RangeError(`header type ${type}`);
  }
}

/** One message, framed. Throws a RangeError where a name or value does not fit its length field. */
export function encodeEventStreamMessage(message: EventStreamMessage): Uint8Array {
  const headers = Buffer.concat(
    message.headers.flatMap(([name, value]) => {
      const bytes = Buffer.from(name, 'utf8');
      return [numberBytes(1, n => n.writeUInt8(bytes.length)), bytes, ...writeValue(value)];
    }),
  );
  const total = 16 + headers.length + message.payload.length;
  const frame = Buffer.alloc(total);
  frame.writeUInt32BE(total, 0);
  frame.writeUInt32BE(headers.length, 4);
  frame.writeUInt32BE(crc32(frame.subarray(0, 8)), 8);
  headers.copy(frame, 12);
  frame.set(message.payload, 12 + headers.length);
  frame.writeUInt32BE(crc32(frame.subarray(0, total - 4)), total - 4);
  return frame;
}

/** A frame whose headers or payload were changed in place, with the right checksum. */
export function sealedAgain(frame: Uint8Array): Buffer {
  const sealed = Buffer.from(frame);
  sealed.writeUInt32BE(crc32(sealed.subarray(0, -4)), sealed.length - 4);
  return sealed;
}

function writeValue(value: EventStreamValue): Buffer[] {
  switch (value.type) {
    case 'boolean':
      return [Buffer.of(value.value ? 0 : 1)];
    case 'byte':
      return [Buffer.of(2), numberBytes(1, n => n.writeInt8(value.value))];
    case 'short':
      return [Buffer.of(3), numberBytes(2, n => n.writeInt16BE(value.value))];
    case 'integer':
      return [Buffer.of(4), numberBytes(4, n => n.writeInt32BE(value.value))];
    case 'long':
      return [Buffer.of(5), numberBytes(8, n => n.writeBigInt64BE(value.value))];
    case 'binary':
      return [
        Buffer.of(6),
        numberBytes(2, n => n.writeUInt16BE(value.value.length)),
        Buffer.from(value.value),
      ];
    case 'string': {
      const text = Buffer.from(value.value, 'utf8');
      return [Buffer.of(7), numberBytes(2, n => n.writeUInt16BE(text.length)), text];
    }
    case 'timestamp':
      return [Buffer.of(8), numberBytes(8, n => n.writeBigInt64BE(value.value))];
    case 'uuid': {
      const raw = Buffer.from(value.value, 'hex');
      if (raw.length !== 16) throw new RangeError('a uuid header is 32 hex digits');
      return [Buffer.of(9), raw];
    }
  }
}

function numberBytes(width: number, write: (buffer: Buffer) => number): Buffer {
  const buffer = Buffer.alloc(width);
  write(buffer);
  return buffer;
}
