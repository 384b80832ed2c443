import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import type { FromMutationPage, ToMutationPage } from '../../webview/mutate/messages.ts';
import { RewindError } from '../errors.ts';
import type { Rewind } from './context.ts';
import { COMMAND, PANEL } from './ids.ts';
import { mutantDetail } from './mutate-detail.ts';
import { type RecordedSite, siteKey } from './mutate-known.ts';
import type { MutateLines } from './mutate-lines.ts';
import type { MutateRuns } from './mutate-runs.ts';
import { soon } from './mutate-soon.ts';
import type { MutateStore } from './mutate-store.ts';
import { mutationView, sitesInOrder } from './mutate-view.ts';
import { openSite } from './open-site.ts';
import { sessionHtml } from './session-html.ts';

export interface MutatePanelParts {
  readonly store: MutateStore;
  readonly lines: MutateLines;
  readonly runs: MutateRuns;
  debug(id: string): Promise<void>;
  accept(id: string, accepted: boolean): Promise<void>;
  export(format: 'json' | 'html'): Promise<void>;
}

/** The page of broken answers; there is one, as there is one last run. Revived after a reload of the window. */
export function mutatePanel(rewind: Rewind, parts: MutatePanelParts): (site?: RecordedSite) => void {
  let open: MutatePage | null = null;
  const fill = (panel: vscode.WebviewPanel): MutatePage => {
    const page = new MutatePage(rewind, parts, panel);
    panel.iconPath = vscode.Uri.joinPath(rewind.extension.extensionUri, 'media', 'rewind.svg');
    panel.onDidDispose(() => {
      if (open === page) open = null;
    });
    open = page;
    return page;
  };
  rewind.keep(
    vscode.window.registerWebviewPanelSerializer(PANEL.mutation, {
      deserializeWebviewPanel: async panel => void fill(panel),
    }),
  );
  return site => {
    open?.panel.reveal();
    const { Active } = vscode.ViewColumn;
    const page = open ?? fill(vscode.window.createWebviewPanel(PANEL.mutation, 'Broken answers', Active));
    if (site) page.show(site);
  };
}

class MutatePage {
  readonly panel: vscode.WebviewPanel;
  readonly #rewind: Rewind;
  readonly #parts: MutatePanelParts;
  #listening = false;
  #wanted: RecordedSite | null = null;

  constructor(rewind: Rewind, parts: MutatePanelParts, panel: vscode.WebviewPanel) {
    this.#rewind = rewind;
    this.#parts = parts;
    this.panel = panel;
    const { webview } = panel;
    const folder = vscode.Uri.joinPath(rewind.extension.extensionUri, 'dist', 'webview');
    webview.options = { enableScripts: true, localResourceRoots: [folder] };
    const tell = soon(() => this.#tell());
    const listeners = [
      tell,
      parts.store.onChange(tell),
      parts.lines.onChange(tell),
      parts.runs.onEvent(({ kind }) => {
        if (kind !== 'result') this.#post({ type: 'running', running: parts.runs.progress });
      }),
      webview.onDidReceiveMessage((message: FromMutationPage) => {
        this.#take(message).catch(error => this.#complain(error));
      }),
    ];
    panel.onDidDispose(() => {
      for (const listener of listeners) listener.dispose();
    });
    webview.html = sessionHtml({
      script: webview.asWebviewUri(vscode.Uri.joinPath(folder, 'mutate.js')).toString(),
      style: webview.asWebviewUri(vscode.Uri.joinPath(folder, 'mutate.css')).toString(),
      cspSource: webview.cspSource,
      nonce: randomBytes(16).toString('base64'),
    });
  }

  show(site: RecordedSite): void {
    this.#wanted = site;
    const row = this.#rows().findIndex(([key]) => key === siteKey(site));
    if (!this.#listening || row === -1) return;
    this.#wanted = null;
    this.#post({ type: 'site', site: row });
  }

  #rows(): ReturnType<typeof sitesInOrder> {
    return sitesInOrder(this.#parts.store.mutation?.mutants ?? []);
  }

  #tell(): void {
    const { store, runs, lines } = this.#parts;
    const { mutation } = store;
    if (!this.#listening) return;
    if (!mutation) {
      this.#post({
        type: 'problem',
        message: 'No recording has been broken yet',
        hint: 'Run “Rewind: Break Answers” in a folder with a recorded agent.',
      });
      return;
    }
    const mayRun = vscode.workspace.isTrusted;
    const view = mutationView({ mutation, running: runs.progress, mayRun }, lines);
    this.#post({ type: 'mutation', view });
    if (this.#wanted) this.show(this.#wanted);
  }

  /** What the page says is checked: it shows hostile text. */
  async #take(message: FromMutationPage): Promise<void> {
    const { store, runs } = this.#parts;
    switch (message.type) {
      case 'ready':
        this.#listening = true;
        return this.#tell();
      case 'mutant':
        return this.#detail(String(message.id));
      case 'debug':
        if (!store.find(message.id)) return;
        await this.#openLine(store.find(message.id)!.callSite);
        return this.#parts.debug(message.id);
      case 'openSession': {
        const session = store.find(message.id)?.result?.session;
        if (session) await vscode.commands.executeCommand(COMMAND.openPanel, { session });
        return;
      }
      case 'accept':
        if (store.find(message.id)) await this.#parts.accept(message.id, message.accepted === true);
        return;
      case 'run': {
        const ids = message.ids?.filter(id => store.find(id));
        if (ids?.length === 0) return;
        return runs.run(ids ? { ids, force: true } : {});
      }
      case 'stop':
        return runs.stop();
      case 'openSite':
        return this.#openLine(this.#rows()[Number(message.site)]?.[1][0]?.callSite ?? null);
      case 'export':
        return this.#parts.export(message.format === 'html' ? 'html' : 'json');
    }
  }

  async #detail(id: string): Promise<void> {
    const { store, lines } = this.#parts;
    const mutant = store.find(id);
    const source = store.mutation?.source;
    if (!mutant || source === undefined) return;
    const { timelines, sessions } = this.#rewind;
    const session = mutant.result?.session ?? null;
    sessions.refresh();
    const there = session !== null && sessions.find(session) !== undefined;
    const [whole, broken] = await Promise.all([
      timelines.of(source),
      there ? timelines.glance(session) : null,
    ]);
    this.#post({
      type: 'mutant',
      detail: mutantDetail(mutant, whole.timeline, broken?.timeline ?? null, lines),
    });
  }

  async #openLine(site: RecordedSite | null): Promise<void> {
    if (!site) return;
    await openSite({ file: site.file, line: this.#parts.lines.at(site, []).line });
  }

  #complain(error: unknown): void {
    const known = error instanceof RewindError;
    if (!known) this.#rewind.log.error(error instanceof Error ? error : String(error));
    const message = error instanceof Error ? error.message : String(error);
    const hint = known ? error.hint || null : 'The output channel "Rewind" tells more.';
    this.#post({ type: 'problem', message, hint });
  }

  #post(message: ToMutationPage): void {
    void this.panel.webview.postMessage(message);
  }
}
