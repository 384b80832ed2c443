import { InvalidArgumentError } from 'commander';

/** Values of options, checked while the command line is read. */

export function wholeNumber(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Give a whole number.');
}

/** US dollars, 0 or more. */
export function dollars(text: string): number {
  if (/^\$?\d{1,9}(\.\d+)?$/.test(text)) return Number(text.replace('$', ''));
  throw new InvalidArgumentError('Give US dollars, such as 0.50.');
}

/** Repeatable option: values in the order they were given. */
export function collected(text: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), text];
}

/** Several values of a repeatable option, and several in one with commas: `--only stream,provider`. */
export function listed(text: string, before: readonly string[] | undefined): readonly string[] {
  const words = text.split(',').map(word => word.trim());
  return [...(before ?? []), ...words.filter(word => word !== '')];
}

/** `instant`, `1x`, `2.5x`, `0.5`: how many times faster than recorded. */
export function speed(text: string): number | 'instant' {
  if (text === 'instant') return text;
  const factor = Number(/^(\d+(?:\.\d+)?)x?$/i.exec(text)?.[1]);
  if (factor > 0) return factor;
  throw new InvalidArgumentError('Give instant, or a factor such as 1x or 2x.');
}

export function portNumber(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port < 65_536) return port;
  throw new InvalidArgumentError('Give a port from 0 to 65535.');
}

/** `8877`, `:8877`, `0.0.0.0:8877`, `[::1]:8877`. */
export function listenAddress(text: string): { readonly host: string; readonly port: number } {
  const [, host, port] = /^(?:(\[[0-9a-f:.]+\]|[^:[\]\s]*):)?(\d+)$/i.exec(text) ?? [];
  if (port === undefined) throw new InvalidArgumentError('Give host:port, such as 127.0.0.1:8877.');
  return { host: host?.replace(/^\[|\]$/g, '') || '127.0.0.1', port: portNumber(port) };
}
