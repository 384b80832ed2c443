import * as vscode from 'vscode';

/** The session whose steps are shown. */
export class Selection {
  readonly #changed = new vscode.EventEmitter<string | undefined>();
  readonly onChange = this.#changed.event;
  #session: string | undefined;

  get session(): string | undefined {
    return this.#session;
  }

  set session(id: string | undefined) {
    if (id === this.#session) return;
    this.#session = id;
    this.#changed.fire(id);
  }

  dispose(): void {
    this.#changed.dispose();
  }
}
