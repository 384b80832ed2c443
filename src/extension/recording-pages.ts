import { cassetteEditor } from './cassette-editor.ts';
import type { Rewind } from './context.ts';
import { DebuggerPosition } from './debugger-position.ts';
import { SessionPages } from './session-page.ts';
import { sessionPanel } from './session-panel.ts';

/** The session page in both its places: as a panel, and as the editor of `.rw` files. */
export function recordingPages(rewind: Rewind): void {
  const position = new DebuggerPosition(rewind.sessions, rewind.log);
  rewind.keep(position);
  const pages = new SessionPages(rewind, position);
  cassetteEditor(rewind, pages);
  sessionPanel(rewind, pages);
}
