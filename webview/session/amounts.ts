/** Numbers as people read them. */

const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

export const count = (value: number): string => grouped.format(value);

export const counted = (value: number, one: string): string =>
  `${count(value)} ${one}${value === 1 ? '' : 's'}`;

/** `812`, `1.2k`, `34k`, `1.2M` */
export function short(value: number): string {
  if (value < 1000) return String(Math.round(value));
  if (value < 9950) return `${(value / 1000).toFixed(1)}k`;
  if (value < 999_500) return `${Math.round(value / 1000)}k`;
  return `${(value / 1_000_000).toFixed(1)}M`;
}

/** US dollars. Unknown is said, never shown as 0. */
export function money(dollars: number | null, incomplete = false): string {
  if (dollars === null || (dollars === 0 && incomplete)) return 'cost unknown';
  const mark = incomplete ? '≥ $' : '$';
  if (dollars === 0) return '$0';
  if (dollars < 0.000_001) return '< $0.000001';
  const digits = dollars >= 1 ? 2 : Math.min(8, Math.max(2, 1 - Math.floor(Math.log10(dollars))));
  return `${mark}${dollars.toFixed(digits)}`;
}

/** `85 ms`, `8.4 s`, `2 m 05 s`, `3 h 07 m` */
export function duration(ms: number): string {
  if (ms < 0.95) return ms <= 0 ? '0 ms' : '< 1 ms';
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} m ${two(seconds % 60)} s`;
  return `${Math.floor(seconds / 3600)} h ${two(Math.floor((seconds % 3600) / 60))} m`;
}

/** `812 B`, `3.4 kB`, `12 MB` */
export function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 999_500) return `${(bytes / 1000).toFixed(bytes < 9950 ? 1 : 0)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

const two = (value: number): string => String(value).padStart(2, '0');
