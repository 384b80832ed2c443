import { plainText } from './plain-text.ts';

export type Child = Node | string | null | undefined | false;

/** Attribute values are texts of our own, or recorded text where an attribute cannot do anything (`title`, `aria-label`). */
type Attributes = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** An element. Strings become text nodes, made plain: there is no way to put markup in. */
export function el<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes?: Attributes,
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag];
export function el(tag: string, attributes?: Attributes, ...children: readonly Child[]): HTMLElement;
export function el(tag: string, attributes: Attributes = {}, ...children: readonly Child[]): HTMLElement {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    // An attribute of ARIA says `true` or `false`; any other is there or not.
    const written = typeof value === 'boolean' && !name.startsWith('aria-') ? (value ? '' : null) : value;
    if (written !== null && written !== undefined) element.setAttribute(name, plainText(String(written)));
  }
  append(element, ...children);
  return element;
}

export function append(parent: Node, ...children: readonly Child[]): void {
  for (const child of children) {
    if (child === null || child === undefined || child === false) continue;
    parent.appendChild(typeof child === 'string' ? textNode(child) : child);
  }
}

export const textNode = (text: string): Text => document.createTextNode(plainText(text));

export function onClick<Element extends HTMLElement>(element: Element, run: () => void): Element {
  element.addEventListener('click', run);
  return element;
}

/** A native button that looks like a link. */
export function linkButton(text: string, run: () => void, title?: string): HTMLButtonElement {
  return onClick(el('button', { class: 'link', type: 'button', title }, text), run);
}
