/** One record of RFC 4180. A text that a spreadsheet would run as a formula is marked as text. */
export function csvLine(values: readonly (string | number | null)[]): string {
  return values.map(cell).join(',');
}

function cell(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const text = /^[=+@\t\r-]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
