import type { RewindError } from '../errors.ts';

/** What happened and what to do next, as sentences. */
export function errorText({ message, hint }: RewindError): string {
  if (hint === '') return message;
  return `${message}${/[.!?]$/.test(message) ? '' : '.'} ${hint}`;
}
