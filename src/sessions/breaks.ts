const BREAKS = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte <= 0x20 || byte === 0x7f || '"\'<>(){}[],;'.includes(String.fromCharCode(byte)) ? 1 : 0,
);

/** Bytes that no key and no token has in it: white space, quotes, brackets, commas. */
export const isBreak = (byte: number): boolean => BREAKS[byte] === 1;

export const hasBreak = (bytes: Uint8Array): boolean => bytes.some(isBreak);
