import { counted } from '../amounts.ts';
import { append, el } from '../dom.ts';
import type { CallDetail } from '../messages.ts';
import { jsonText } from './json-text.ts';
import { type PartActions, textNode } from './parts.ts';

/** Model, parameters and tools. */
export function requestTab(detail: CallDetail, actions: PartActions): HTMLElement {
  const { requestModel, responseModel, parameters, tools } = detail;
  const facts: readonly (readonly [string, string])[] = [
    ['model', requestModel ?? 'not named'],
    ...(responseModel !== null && responseModel !== requestModel
      ? [['answered by', responseModel] as const]
      : []),
    ...parameters,
  ];
  return el(
    'div',
    { class: 'request' },
    factTable(facts),
    el('h3', {}, tools.length > 0 ? counted(tools.length, 'tool') : 'No tools'),
    ...tools.map(({ name, description, schema }) => {
      const box = el(
        'details',
        { class: 'folded tool-call' },
        el(
          'summary',
          {},
          el('span', { class: 'folded-title' }, name || 'without a name'),
          el('span', { class: 'preview' }, description.slice(0, 300)),
        ),
      );
      box.addEventListener(
        'toggle',
        () =>
          append(
            box,
            description && textNode({ text: description, left: 0 }, actions),
            jsonText(schema.text),
          ),
        { once: true },
      );
      return box;
    }),
  );
}

export function factTable(facts: readonly (readonly [name: string, value: string])[]): HTMLElement {
  return el(
    'table',
    { class: 'facts' },
    el(
      'tbody',
      {},
      ...facts.map(([name, value]) => el('tr', {}, el('th', { scope: 'row' }, name), el('td', {}, value))),
    ),
  );
}
