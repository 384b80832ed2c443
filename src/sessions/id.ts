import { hash, randomBytes } from 'node:crypto';

export const newSessionId = (): string => randomBytes(16).toString('hex');

export const sha256 = (bytes: Uint8Array): string => hash('sha256', bytes, 'hex');
