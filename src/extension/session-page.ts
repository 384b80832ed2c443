import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import * as vscode from 'vscode';
import type { FromPage, ToPage } from '../../webview/session/messages.ts';
import { documentName, stepDocument } from '../dap/document.ts';
import { RewindError } from '../errors.ts';
import type { Timeline } from '../timeline/timeline.ts';
import { showBeside } from './beside.ts';
import type { Rewind } from './context.ts';
import type { DebuggerPosition } from './debugger-position.ts';
import { startSessionDebugging } from './debugging.ts';
import { COMMAND } from './ids.ts';
import { openSite } from './open-site.ts';
import { type PageActions, SessionConversation } from './session-conversation.ts';
import { sessionHtml } from './session-html.ts';
import { sessionTitle } from './session-words.ts';
import type { ReadTimeline } from './timelines.ts';

/** What a page shows. */
export interface PageSource {
  /** The id of a session, or the path of a `.rw` file: what a debugger calls it. */
  readonly recording: string;
  readonly read: () => Promise<ReadTimeline>;
  /** True where it cannot be debugged: one side of a Git comparison. */
  readonly readOnly: boolean;
}

const SCHEME = 'rewind-page';

/** Everything that shows a recording in a webview: panels and `.rw` files. One for the extension. */
export class SessionPages {
  readonly #rewind: Rewind;
  readonly #position: DebuggerPosition;
  /** Of open pages, for their steps as documents. */
  readonly #timelines = new Map<string, Timeline>();

  constructor(rewind: Rewind, position: DebuggerPosition) {
    this.#rewind = rewind;
    this.#position = position;
    rewind.keep(
      vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
        provideTextDocumentContent: uri => {
          const { recording, step } = JSON.parse(uri.query) as { recording: string; step: number };
          const timeline = this.#timelines.get(recording);
          const found = timeline?.steps[step];
          if (timeline && found) return stepDocument(timeline, found);
          return 'This step belongs to a page that is closed. Open the recording again.\n';
        },
      }),
    );
  }

  /** Fills a webview with a page; it lives as long as the webview. */
  open(panel: vscode.WebviewPanel, source: PageSource): SessionPage {
    const page = new SessionPage(this.#rewind, this.#position, panel, source, {
      opened: timeline => this.#timelines.set(source.recording, timeline),
      document: (timeline, step) => this.#showDocument(source.recording, timeline, step),
    });
    panel.onDidDispose(() => this.#timelines.delete(source.recording));
    return page;
  }

  async #showDocument(recording: string, timeline: Timeline, step: number): Promise<void> {
    const uri = vscode.Uri.from({
      scheme: SCHEME,
      path: `/${documentName(timeline, timeline.steps[step]!)}`,
      query: JSON.stringify({ recording, step }),
    });
    await showBeside(uri);
  }
}

interface Owner {
  opened(timeline: Timeline): void;
  document(timeline: Timeline, step: number): Promise<void>;
}

/** One page in one webview. */
export class SessionPage {
  readonly #rewind: Rewind;
  readonly #position: DebuggerPosition;
  readonly #panel: vscode.WebviewPanel;
  readonly #source: PageSource;
  readonly #owner: Owner;
  #conversation: SessionConversation | null = null;
  #listening = false;
  #wanted: number | null = null;
  /** Why the recording cannot be read. */
  #failure: unknown = null;
  #locked = false;

  constructor(
    rewind: Rewind,
    position: DebuggerPosition,
    panel: vscode.WebviewPanel,
    source: PageSource,
    owner: Owner,
  ) {
    this.#rewind = rewind;
    this.#position = position;
    this.#panel = panel;
    this.#source = source;
    this.#owner = owner;
    const { webview } = panel;
    const folder = vscode.Uri.joinPath(rewind.extension.extensionUri, 'dist', 'webview');
    webview.options = { enableScripts: true, localResourceRoots: [folder] };
    const listeners = [
      webview.onDidReceiveMessage((message: FromPage) => this.#take(message)),
      position.onMove(({ recording, step }) => {
        if (recording === source.recording) this.select(step);
      }),
      position.onChange(() => {
        this.#tellDebugger();
        void this.#unlock();
      }),
      panel.onDidChangeViewState(() => void this.#unlock()),
    ];
    panel.onDidDispose(() => {
      for (const listener of listeners) listener.dispose();
      this.#conversation?.close();
    });
    webview.html = sessionHtml({
      script: webview.asWebviewUri(vscode.Uri.joinPath(folder, 'session.js')).toString(),
      style: webview.asWebviewUri(vscode.Uri.joinPath(folder, 'session.css')).toString(),
      cspSource: webview.cspSource,
      nonce: randomBytes(16).toString('base64'),
    });
    void this.refresh();
  }

  /** Reads the recording anew. */
  async refresh(): Promise<void> {
    try {
      const read = await this.#source.read();
      this.#failure = null;
      this.#conversation?.close();
      const { recording, readOnly } = this.#source;
      const listed = this.#rewind.sessions.find(recording);
      const title = listed && sessionTitle(listed);
      this.#conversation = new SessionConversation(read, this.#actions(read), readOnly, title);
      this.#owner.opened(read.timeline);
      if (this.#listening) this.#begin();
    } catch (error) {
      this.#failure = error;
      if (this.#listening) this.#complain(error);
    }
  }

  select(step: number): void {
    this.#wanted = step;
    if (!this.#listening || !this.#conversation) return;
    this.#wanted = null;
    this.#conversation.select(step);
  }

  #take(message: FromPage): void {
    if (message.type !== 'ready') {
      this.#guarded(() => this.#conversation?.take(message));
      return;
    }
    // The script begins anew whenever its tab is shown again.
    this.#listening = true;
    if (this.#failure !== null) this.#complain(this.#failure);
    else if (this.#conversation) this.#begin();
  }

  #begin(): void {
    this.#guarded(() => {
      this.#conversation?.begin();
      this.#tellDebugger();
      if (this.#wanted !== null) this.select(this.#wanted);
      else if (this.#position.debugs(this.#source.recording)) this.#position.tell();
    });
  }

  #actions(read: ReadTimeline): PageActions {
    const { timeline } = read;
    const { recording } = this.#source;
    return {
      post: message => this.#post(message),
      selected: (step, follow) => {
        if (follow) this.#position.move(recording, step);
      },
      openSite: frame => void openSite(frame).catch(error => this.#complain(error)),
      openDocument: step => void this.#owner.document(timeline, step).catch(error => this.#complain(error)),
      debug: step => {
        if (this.#position.debugs(recording)) this.#position.move(recording, step);
        else void this.#debug(read, step).catch(error => this.#complain(error));
      },
      fork: step => void vscode.commands.executeCommand(COMMAND.forkStep, { session: recording, step }),
    };
  }

  /** The debugger shows its sources beside the page, not over it: its group takes none, and beside it one is open already. */
  async #debug({ timeline, sites }: ReadTimeline, step: number): Promise<void> {
    if (this.#panel.active) {
      this.#locked = true;
      await vscode.commands.executeCommand('workbench.action.lockEditorGroup');
    }
    const frame = sites.frames(timeline.steps[step]!).find(({ file }) => existsSync(file));
    if (frame) await openSite(frame);
    else await this.#owner.document(timeline, step);
    await startSessionDebugging(this.#source.recording, { stopAt: step });
  }

  /** Once nothing is debugged; the editor unlocks the group that is in front only. */
  async #unlock(): Promise<void> {
    if (!this.#locked || !this.#panel.active || this.#position.debugs(this.#source.recording)) return;
    this.#locked = false;
    await vscode.commands.executeCommand('workbench.action.unlockEditorGroup');
  }

  #tellDebugger(): void {
    this.#post({ type: 'debugger', attached: this.#position.debugs(this.#source.recording) });
  }

  #guarded(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.#complain(error);
    }
  }

  #complain(error: unknown): void {
    const known = error instanceof RewindError;
    if (!known) this.#rewind.log.error(error instanceof Error ? error : String(error));
    const message = error instanceof Error ? error.message : String(error);
    const hint = known ? error.hint || null : 'The output channel "Rewind" tells more.';
    this.#post({ type: 'problem', message, hint });
  }

  #post(message: ToPage): void {
    void this.#panel.webview.postMessage(message);
  }
}
