import { registerToolkit } from '../toolkit.ts';
import { el } from './dom.ts';
import { Host } from './host.ts';
import type { ToPage } from './messages.ts';
import { Page } from './page.ts';

registerToolkit();
const host = new Host();
let page: Page | null = null;

host.listen(message => {
  if (message.type === 'session') show(message);
  else if (message.type === 'problem') complain(message);
  else page?.take(message);
});
host.post({ type: 'ready' });

function show({ view, readOnly }: Extract<ToPage, { type: 'session' }>): void {
  const previous = page?.session.view.id === view.id ? page : null;
  const place = previous?.handOver(view);
  if (!previous) page?.close();
  page = new Page(view, host, readOnly, previous);
  document.body.replaceChildren(page.element);
  if (place) page.resume(place);
  document.title = view.title;
  host.keep({ session: view.id });
}

function complain({ message, hint }: Extract<ToPage, { type: 'problem' }>): void {
  const box = el(
    'div',
    { class: 'problem', role: 'alert' },
    el('strong', {}, message),
    hint !== null && el('p', {}, hint),
  );
  if (page) document.body.prepend(box);
  else document.body.replaceChildren(box);
}
