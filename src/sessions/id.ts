import { createHash, randomBytes } from 'node:crypto';

export const newSessionId = (): string => randomBytes(16).toString('hex');

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
