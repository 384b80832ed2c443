import { el, linkButton } from '../session/dom.ts';
import { Host } from '../session/host.ts';
import { registerToolkit } from '../toolkit.ts';
import type { FromMutationPage, MutationPageState, ToMutationPage } from './messages.ts';
import { MutationPage } from './page.ts';

registerToolkit();
const host = new Host<FromMutationPage, ToMutationPage, MutationPageState>();
let page: MutationPage | null = null;
let problem: HTMLElement | null = null;

host.listen(message => {
  // What went wrong stands until it is closed, or something is run again.
  if (message.type === 'running' && message.running) problem?.remove();
  if (message.type === 'problem') complain(message);
  else if (page) page.take(message);
  else if (message.type === 'mutation') {
    page = new MutationPage(message.view, host);
    document.body.replaceChildren(page.element);
  }
});
host.post({ type: 'ready' });

function complain({ message, hint }: Extract<ToMutationPage, { type: 'problem' }>): void {
  problem?.remove();
  const box = el(
    'div',
    { class: 'problem', role: 'alert' },
    el('strong', {}, message),
    hint !== null && el('p', {}, hint),
    page && linkButton('Close', () => box.remove()),
  );
  problem = box;
  document.body.prepend(box);
}
