import { append, el, textNode } from './dom.ts';

const DEEPEST = 6;
/** How far ahead the end of an emphasis is looked for. */
const REACH = 4000;

/** Characters that can begin something; all between two of them is plain. */
const SPECIAL = /[\\`*_~![\n]|https?:\/\//g;
const TAGS = { '**': 'strong', __: 'strong', '~~': 's', '*': 'em', _: 'em' } as const;
const URL_AT = /https?:\/\/[^\s<>"'`|\\^{}]{1,2000}/y;

/** Code, emphasis, links and line breaks of one paragraph. */
export function renderInline(text: string, out: Node, depth = 0): void {
  const special = new RegExp(SPECIAL);
  let plainFrom = 0;
  const missing = new Set<string>();
  for (;;) {
    const found = special.exec(text);
    if (!found) break;
    const at = found.index;
    const made = startAt(text, at, found[0], depth, missing);
    if (!made) {
      special.lastIndex = at + 1;
      continue;
    }
    if (at > plainFrom) out.appendChild(textNode(text.slice(plainFrom, at)));
    out.appendChild(made.node);
    plainFrom = made.end;
    special.lastIndex = made.end;
  }
  if (plainFrom < text.length) out.appendChild(textNode(text.slice(plainFrom)));
}

interface Made {
  readonly node: Node;
  readonly end: number;
}

function startAt(text: string, at: number, mark: string, depth: number, missing: Set<string>): Made | null {
  switch (mark) {
    case '\n':
      return { node: el('br'), end: at + 1 };
    case '\\':
      return /[!-/:-@[-`{-~]/.test(text[at + 1] ?? '')
        ? { node: textNode(text[at + 1]!), end: at + 2 }
        : null;
    case '`':
      return code(text, at, missing);
    case '[':
      return link(text, at, depth);
    case '!':
      return image(text, at);
    case '*':
    case '_':
    case '~':
      return emphasis(text, at, mark, depth, missing);
    default:
      return address(text, at);
  }
}

function code(text: string, at: number, missing: Set<string>): Made | null {
  let open = at;
  while (text[open] === '`') open++;
  const run = text.slice(at, open);
  if (missing.has(run)) return null;
  for (let close = text.indexOf(run, open); close !== -1; close = text.indexOf(run, close)) {
    let end = close;
    while (text[end] === '`') end++;
    if (end - close === run.length) return { node: el('code', {}, text.slice(open, close)), end };
    close = end;
  }
  missing.add(run);
  return null;
}

function emphasis(text: string, at: number, one: string, depth: number, missing: Set<string>): Made | null {
  const mark = text[at + 1] === one ? one + one : one;
  if (mark === '~' || depth >= DEEPEST || missing.has(mark)) return null;
  const from = at + mark.length;
  if (/\s/.test(text[from] ?? ' ')) return null;
  // snake_case is no emphasis.
  if (one === '_' && /[\p{L}\p{N}]/u.test(text[at - 1] ?? '')) return null;
  const end = emphasisEnd(text, from, mark);
  if (end === null) {
    if (text.length - from <= REACH) missing.add(mark);
    return null;
  }
  const node = el(TAGS[mark as keyof typeof TAGS]);
  renderInline(text.slice(from, end), node, depth + 1);
  return { node, end: end + mark.length };
}

function emphasisEnd(text: string, from: number, mark: string): number | null {
  const one = mark[0]!;
  for (
    let end = text.indexOf(mark, from + 1);
    end !== -1 && end - from < REACH;
    end = text.indexOf(mark, end + 1)
  ) {
    if (/\s/.test(text[end - 1]!)) continue;
    const behind = text[end + mark.length] ?? '';
    if (one === '_' && /[\p{L}\p{N}]/u.test(behind)) continue;
    if (mark.length === 1 && (behind === one || text[end - 1] === one)) continue;
    return end;
  }
  return null;
}

const LABEL_REACH = 1000;

function link(text: string, at: number, depth: number): Made | null {
  const target = targetAt(text, at + 1);
  if (!target || depth >= DEEPEST) return null;
  const label = text.slice(at + 1, target.labelEnd);
  const node = anchor(target.url);
  renderInline(label, node, DEEPEST);
  return { node, end: target.end };
}

/** A picture would be fetched from where the text says: it is named instead. */
function image(text: string, at: number): Made | null {
  const target = text[at + 1] === '[' ? targetAt(text, at + 2) : null;
  if (!target) return null;
  const label = text.slice(at + 2, target.labelEnd) || 'picture';
  const node = el('span', { class: 'md-image' });
  const link = anchor(target.url);
  append(link, label);
  append(node, link);
  return { node, end: target.end };
}

function targetAt(
  text: string,
  from: number,
): { readonly labelEnd: number; readonly url: string; readonly end: number } | null {
  const labelEnd = text.slice(from, from + LABEL_REACH).indexOf('](');
  if (labelEnd === -1) return null;
  const start = from + labelEnd + 2;
  const length = text.slice(start, start + 2000).indexOf(')');
  if (length === -1) return null;
  const url = text
    .slice(start, start + length)
    .trim()
    .split(/\s/, 1)[0]!;
  return { labelEnd: from + labelEnd, url, end: start + length + 1 };
}

/** Shows where it leads, whatever its label says; anything but http(s) and mail is no link. */
function anchor(url: string): HTMLElement {
  const safe = /^(https?:\/\/|mailto:)/i.test(url);
  return safe
    ? el('a', { href: url, title: url, rel: 'noreferrer' })
    : el('span', { class: 'md-dead-link', title: url });
}

function address(text: string, at: number): Made | null {
  URL_AT.lastIndex = at;
  const found = URL_AT.exec(text)?.[0];
  if (!found) return null;
  const url = found.replace(/[.,;:!?)\]*_]{1,8}$/, '');
  const node = anchor(url);
  append(node, url);
  return { node, end: at + url.length };
}
