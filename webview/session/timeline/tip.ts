import { append, el } from '../dom.ts';
import type { StepOutline } from '../messages.ts';
import { tipLines } from './describe.ts';

/** What the pointer is over, beside it. Screen readers are told by the time line itself. */
export class Tip {
  readonly element = el('div', { class: 'tip', 'aria-hidden': 'true', hidden: true });
  #shown: string | null = null;

  step(step: StepOutline, x: number, y: number): void {
    this.#show(`step ${step.index}`, `#${step.index} ${step.name}`, tipLines(step), x, y);
  }

  text(title: string, lines: readonly string[], x: number, y: number): void {
    this.#show(`${title}\n${lines.join('\n')}`, title, lines, x, y);
  }

  hide(): void {
    this.element.hidden = true;
    this.#shown = null;
  }

  #show(key: string, title: string, lines: readonly string[], x: number, y: number): void {
    const { element } = this;
    if (this.#shown !== key) {
      element.replaceChildren();
      append(element, el('strong', {}, title), ...lines.map(line => el('div', {}, line)));
      this.#shown = key;
    }
    element.hidden = false;
    const { innerWidth, innerHeight } = window;
    const { offsetWidth, offsetHeight } = element;
    const left = x + 14 + offsetWidth > innerWidth ? Math.max(4, x - offsetWidth - 10) : x + 14;
    const top = y + 18 + offsetHeight > innerHeight ? Math.max(4, y - offsetHeight - 10) : y + 18;
    element.style.transform = `translate(${left}px, ${top}px)`;
  }
}
