/**
 * Markdown as models write it, made into elements. Recorded text is hostile: it only ever becomes text nodes, links lead
 * to http(s) and mail alone, pictures are named and never loaded. Time is linear in the text; nesting is bounded.
 */
import { append, el } from './dom.ts';
import { renderInline } from './markdown-inline.ts';

const DEEPEST = 8;

export function renderMarkdown(text: string): DocumentFragment {
  const out = document.createDocumentFragment();
  renderBlocks(text.replaceAll('\r\n', '\n').split('\n'), out, 0);
  return out;
}

/** Each reads a block that begins at a line; the number of the first line behind it, or null where it is none. */
type Block = (lines: readonly string[], from: number, out: Node, depth: number) => number | null;

const BLOCKS: readonly Block[] = [fence, heading, rule, quote, list, table];

function renderBlocks(lines: readonly string[], out: Node, depth: number): void {
  let i = 0;
  while (i < lines.length) {
    if (lines[i]!.trim() === '') {
      i++;
      continue;
    }
    i = firstBlock(lines, i, out, depth) ?? paragraph(lines, i, out);
  }
}

function firstBlock(lines: readonly string[], from: number, out: Node, depth: number): number | null {
  if (depth > DEEPEST) return null;
  for (const block of BLOCKS) {
    const next = block(lines, from, out, depth);
    if (next !== null) return next;
  }
  return null;
}

function fence(lines: readonly string[], from: number, out: Node): number | null {
  const open = /^ {0,3}(`{3,}|~{3,})\s*([^\s`]*)/.exec(lines[from]!);
  if (!open) return null;
  const [, mark, language] = open;
  let end = from + 1;
  while (end < lines.length && !closes(lines[end]!, mark!)) end++;
  const code = el(
    'pre',
    { class: 'md-code', tabindex: 0 },
    el('code', {}, lines.slice(from + 1, end).join('\n')),
  );
  if (language) code.dataset.language = language.slice(0, 24);
  out.appendChild(code);
  return end + 1;
}

function closes(line: string, mark: string): boolean {
  const trimmed = line.trim();
  return trimmed.length >= mark.length && trimmed === mark[0]!.repeat(trimmed.length);
}

/** A level of the page's own outline would confuse screen readers: recorded headings begin below it. */
function heading(lines: readonly string[], from: number, out: Node): number | null {
  const found = /^ {0,3}(#{1,6})[ \t]/.exec(lines[from]!);
  if (!found) return null;
  const level = found[1]!.length;
  const text = lines[from]!.slice(found[0].length).trim();
  const title = el('div', {
    class: `md-heading md-h${level}`,
    role: 'heading',
    'aria-level': Math.min(6, level + 3),
  });
  renderInline(withoutHashes(text), title);
  out.appendChild(title);
  return from + 1;
}

function withoutHashes(text: string): string {
  let end = text.length;
  while (end > 0 && text[end - 1] === '#') end--;
  return end === 0 || text[end - 1] === ' ' ? text.slice(0, end).trimEnd() : text;
}

function rule(lines: readonly string[], from: number, out: Node): number | null {
  const marks = lines[from]!.replace(/\s/g, '');
  if (marks.length < 3 || !'-*_'.includes(marks[0]!) || marks !== marks[0]!.repeat(marks.length)) return null;
  out.appendChild(el('hr'));
  return from + 1;
}

function quote(lines: readonly string[], from: number, out: Node, depth: number): number | null {
  if (!/^ {0,3}>/.test(lines[from]!)) return null;
  let end = from;
  while (end < lines.length && /^ {0,3}>/.test(lines[end]!)) end++;
  const inside = lines.slice(from, end).map(line => line.replace(/^ {0,3}> ?/, ''));
  const block = el('blockquote');
  renderBlocks(inside, block, depth + 1);
  out.appendChild(block);
  return end;
}

const ITEM = /^( {0,12})([-*+]|\d{1,9}[.)])( {1,4}|$)/;

function list(lines: readonly string[], from: number, out: Node, depth: number): number | null {
  const first = ITEM.exec(lines[from]!);
  if (!first) return null;
  const indent = first[1]!.length;
  const ordered = /\d/.test(first[2]!);
  const items = el(ordered ? 'ol' : 'ul', ordered ? { start: Number.parseInt(first[2]!, 10) } : {});
  let i = from;
  while (i < lines.length) {
    const item = ITEM.exec(lines[i]!);
    if (!item || item[1]!.length !== indent || /\d/.test(item[2]!) !== ordered) break;
    const end = itemEnd(lines, i + 1, indent);
    const width = item[0].length;
    const inside = [lines[i]!.slice(width), ...lines.slice(i + 1, end).map(line => dedent(line, width))];
    items.appendChild(itemElement(inside, depth));
    i = end;
    while (i < lines.length && lines[i]!.trim() === '' && ITEM.test(lines[i + 1] ?? '')) i++;
  }
  out.appendChild(items);
  return i;
}

/** An item holds what is indented further than its mark, blank lines within included, and lazy text right behind it. */
function itemEnd(lines: readonly string[], from: number, indent: number): number {
  let end = from;
  for (let i = from; i < lines.length; i++) {
    const line = lines[i]!;
    if (line.trim() === '') continue;
    const deeper = line.length - line.trimStart().length > indent;
    const lazy = i === end && !ITEM.test(line) && !/^ {0,3}(#{1,6} |>|```|~~~|\|)/.test(line);
    if (!deeper && !lazy) break;
    end = i + 1;
  }
  return end;
}

function dedent(line: string, width: number): string {
  const spaces = line.length - line.trimStart().length;
  return line.slice(Math.min(spaces, width));
}

function itemElement(lines: readonly string[], depth: number): HTMLElement {
  const item = el('li');
  const box = /^\[([ xX])\] /.exec(lines[0]!);
  if (box)
    append(
      item,
      el(
        'span',
        { class: 'md-box', 'aria-label': box[1] === ' ' ? 'open' : 'done' },
        box[1] === ' ' ? '☐ ' : '☑ ',
      ),
    );
  renderBlocks(box ? [lines[0]!.slice(4), ...lines.slice(1)] : lines, item, depth + 1);
  return item;
}

function table(lines: readonly string[], from: number, out: Node): number | null {
  const [head, dashes] = [lines[from]!, lines[from + 1] ?? ''];
  if (!head.includes('|') || !/^[\s|:-]+$/.test(dashes) || !dashes.includes('-') || !dashes.includes('|'))
    return null;
  let end = from + 2;
  while (end < lines.length && lines[end]!.includes('|')) end++;
  const columns = cells(head);
  const body = lines.slice(from + 2, end).map(line => row('td', cells(line).slice(0, columns.length)));
  out.appendChild(
    el(
      'div',
      { class: 'md-table', tabindex: 0 },
      el('table', {}, el('thead', {}, row('th', columns)), el('tbody', {}, ...body)),
    ),
  );
  return end;
}

function cells(line: string): readonly string[] {
  const inner = line.trim().replace(/^\|/, '').replace(/\|$/, '');
  return inner.split('|').map(cell => cell.trim());
}

function row(tag: 'th' | 'td', texts: readonly string[]): HTMLElement {
  const line = el('tr');
  for (const text of texts) {
    const cell = el(tag);
    renderInline(text, cell);
    line.appendChild(cell);
  }
  return line;
}

function paragraph(lines: readonly string[], from: number, out: Node): number {
  let end = from + 1;
  while (end < lines.length && lines[end]!.trim() !== '' && !interrupts(lines[end]!)) end++;
  const block = el('p');
  renderInline(lines.slice(from, end).join('\n'), block);
  out.appendChild(block);
  return end;
}

const interrupts = (line: string): boolean =>
  /^ {0,3}(#{1,6}[ \t]|>|`{3}|~{3})/.test(line) || /^ {0,3}([-*+]|1[.)]) +\S/.test(line);
