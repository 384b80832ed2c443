import { cassetteEditor } from './cassette-editor.ts';
import type { Rewind } from './context.ts';
import { SessionPages } from './session-page.ts';
import { sessionPanel } from './session-panel.ts';

/** The session page in both its places: as a panel, and as the editor of `.rw` files. */
export function recordingPages(rewind: Rewind): void {
  const pages = new SessionPages(rewind, rewind.position);
  cassetteEditor(rewind, pages);
  sessionPanel(rewind, pages);
}
