import { Host } from '../session/host.ts';
import { registerToolkit } from '../toolkit.ts';
import type { BisectState, FromBisectPage, ToBisectPage } from './messages.ts';
import { BisectPage } from './page.ts';

registerToolkit();
const host = new Host<FromBisectPage, ToBisectPage, BisectState>();
const page = new BisectPage(host);
document.body.replaceChildren(page.element);
host.listen(message => page.take(message));
host.post({ type: 'ready' });
