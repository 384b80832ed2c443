/** A text short enough for a sentence. */
export function brief(text: string, most = 120): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > most ? `${line.slice(0, most - 1)}…` : line;
}

/** A value as a sentence shows it: JSON as it is, any other text in quotes. */
export function quoted(text: string, most = 80): string {
  const value = parsed(text);
  if (value === undefined) return JSON.stringify(brief(text, most));
  // A string inside of JSON has its quotes already.
  if (typeof value === 'string') return JSON.stringify(brief(value, most));
  return brief(spaced(value), most);
}

/** A tool call, `name({"id":7})`, as people write it. */
export function shownCall(call: string): string {
  const at = call.indexOf('(');
  const value = parsed(call.slice(at + 1, -1));
  return brief(value === undefined ? call : `${call.slice(0, at)}(${spaced(value)})`);
}

/** JSON with a blank behind each colon and comma. */
function spaced(value: unknown): string {
  return JSON.stringify(value, null, 1)
    .replace(/([{[])\n\s*/g, '$1')
    .replace(/\n\s*([}\]])/g, '$1')
    .replace(/\n\s*/g, ' ');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
