import { count } from '../amounts.ts';
import { append, el, linkButton } from '../dom.ts';
import { icon } from '../icons.ts';
import { renderMarkdown } from '../markdown.ts';
import type { Cut, PartView } from '../messages.ts';
import { jsonText, looksLikeJson, prettyJson } from './json-text.ts';

/** What the parts of a message can ask of the page. */
export interface PartActions {
  readonly markdown: boolean;
  openStep(step: number): void;
  openDocument(): void;
}

/** Longer texts are folded at first. */
const FOLDED = 3000;
const MARKDOWN = 40_000;

export function partNode(part: PartView, actions: PartActions): HTMLElement {
  switch (part.type) {
    case 'text':
      return textNode(part, actions);
    case 'reasoning':
      return folded('Reasoning', part.text, 'reasoning', () => textNode(part, actions));
    case 'refusal':
      return el('div', { class: 'refusal' }, el('strong', {}, 'Refused'), textNode(part, actions));
    case 'tool_call':
      return toolCall(part, actions);
    case 'tool_result':
      return toolResult(part, actions);
    case 'other':
      return folded(part.kind, '', 'other', () => withRest(jsonText(part.body.text), part.body, actions));
  }
}

function toolCall(part: Extract<PartView, { type: 'tool_call' }>, actions: PartActions): HTMLElement {
  const box = folded(part.name, oneLine(part.body.text), 'tool-call', () =>
    withRest(part.json ? jsonText(part.body.text) : plain(part.body.text), part.body, actions),
  );
  const { step } = part;
  if (step !== null) {
    box
      .querySelector('summary')!
      .append(linkButton(`step ${step}`, () => actions.openStep(step), 'Go to this tool step'));
  }
  return box;
}

function toolResult(part: Extract<PartView, { type: 'tool_result' }>, actions: PartActions): HTMLElement {
  const title = `${part.isError ? 'Error' : 'Result'}${part.name === null ? '' : ` of ${part.name}`}`;
  const [first] = part.parts;
  const preview = first?.type === 'text' ? oneLine(first.text) : '';
  return folded(title, preview, part.isError ? 'tool-result failed' : 'tool-result', () =>
    el('div', {}, ...part.parts.map(inner => partNode(inner, actions))),
  );
}

/** A foldable part; what is in it is made when it is opened first. */
function folded(title: string, preview: string, kind: string, content: () => HTMLElement): HTMLElement {
  const box = el('details', { class: `folded ${kind}` });
  const symbol = kind === 'tool-call' ? icon('tool') : kind.includes('failed') ? icon('error') : null;
  const summary = el(
    'summary',
    {},
    symbol,
    el('span', { class: 'folded-title' }, title),
    el('span', { class: 'preview' }, preview),
  );
  box.append(summary);
  box.addEventListener(
    'toggle',
    () => {
      if (box.childElementCount === 1) box.append(content());
    },
    { once: true },
  );
  return box;
}

export function textNode(text: Cut, actions: PartActions): HTMLElement {
  if (text.text.length <= FOLDED) return withRest(formatted(text.text, actions.markdown), text, actions);
  const box = el('div', { class: 'clamped' }, formatted(text.text, actions.markdown));
  const more = linkButton(`Show all ${count(text.text.length + text.left)} characters`, () => {
    box.classList.remove('clamped');
    more.remove();
  });
  return withRest(el('div', {}, box, more), text, actions);
}

export function formatted(text: string, markdown: boolean): HTMLElement {
  if (looksLikeJson(text)) return jsonText(markdown ? prettyJson(text) : text);
  if (!markdown || text.length > MARKDOWN) return plain(text);
  return el('div', { class: 'markdown', dir: 'auto' }, renderMarkdown(text));
}

export const plain = (text: string): HTMLElement => el('pre', { class: 'plain', dir: 'auto' }, text);

/** Says what was not sent, and where all of it can be read. */
function withRest(node: HTMLElement, { left }: Cut, actions: PartActions): HTMLElement {
  if (left === 0) return node;
  const rest = el('p', { class: 'rest' }, `${count(left)} more characters. `);
  append(
    rest,
    linkButton('Open the step as a document', () => actions.openDocument()),
  );
  return el('div', {}, node, rest);
}

const oneLine = (text: string): string => text.slice(0, 400).replace(/\s+/g, ' ').trim();
