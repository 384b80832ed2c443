import { append, el } from '../dom.ts';

/** Longer texts stay plain: thousands of coloured pieces are slow. */
const COLOURED = 20_000;
const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|\b(?:true|false|null)\b/g;

/** JSON in the theme's colours. */
export function jsonText(text: string): HTMLElement {
  const block = el('pre', { class: 'json', tabindex: 0 });
  if (text.length > COLOURED) {
    append(block, text);
    return block;
  }
  let from = 0;
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    append(block, text.slice(from, index));
    from = index + token.length;
    append(block, el('span', { class: kindOf(token, text, from) }, token));
  }
  append(block, text.slice(from));
  return block;
}

function kindOf(token: string, text: string, behind: number): string {
  if (token.startsWith('"')) return text[behind] === ':' ? 'json-name' : 'json-string';
  return /^[tfn]/.test(token) ? 'json-word' : 'json-number';
}

export function looksLikeJson(text: string): boolean {
  const trimmed = text.trim();
  if (!/^[[{]/.test(trimmed) || !/[\]}]$/.test(trimmed) || text.length > 200_000) return false;
  try {
    JSON.parse(trimmed);
    return true;
  } catch {
    return false;
  }
}

export function prettyJson(text: string): string {
  return JSON.stringify(JSON.parse(text), null, 2);
}
