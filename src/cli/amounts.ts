/** Numbers as people read them: money, counts, durations, sizes, times. */

const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** `3,410` */
export const count = (value: number): string => grouped.format(value);

/** `1 call`, `1,200 calls` */
export const counted = (value: number, one: string, many = `${one}s`): string =>
  `${count(value)} ${value === 1 ? one : many}`;

/**
 * US dollars, two significant digits below a dollar: `~$0.034`, `~$12.40`. Unknown is said, never shown as 0; an
 * incomplete sum is a lower bound: `≥ $0.034`.
 */
export function money(dollars: number | null, incomplete = false): string {
  if (dollars === null) return 'cost unknown';
  const mark = incomplete ? '≥ $' : '~$';
  if (dollars === 0) return incomplete ? 'cost unknown' : '$0';
  if (dollars >= 1)
    return `${mark}${dollars.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
  if (dollars < 0.000_001) return '< $0.000001';
  const digits = Math.min(8, Math.max(2, 1 - Math.floor(Math.log10(dollars))));
  return `${mark}${dollars.toFixed(digits)}`;
}

/** Milliseconds as `85 ms`, `8.4 s`, `2 m 05 s`, `3 h 07 m`. */
export function duration(ms: number): string {
  if (ms < 0.95) return ms <= 0 ? '0 ms' : '< 1 ms';
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} m ${two(seconds % 60)} s`;
  return `${Math.floor(seconds / 3600)} h ${two(Math.floor((seconds % 3600) / 60))} m`;
}

/** Bytes as `812 B`, `3.4 kB`, `12 MB`. */
export function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const units = ['kB', 'MB', 'GB', 'TB'];
  let value = bytes / 1000;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${value < 9.95 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

/** A point in time as this machine's clock shows it: `2026-11-23 04:31`. */
export function when(ms: number): string {
  const date = new Date(ms);
  if (Number.isNaN(date.getTime())) return 'unknown';
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

export const percent = (part: number, whole: number): string =>
  whole === 0 ? '–' : `${Math.round((100 * part) / whole)} %`;

const two = (value: number): string => String(value).padStart(2, '0');
