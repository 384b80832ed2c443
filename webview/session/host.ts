import type { FromPage, PageState, ToPage } from '../messages.ts';

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

/** The extension at the other end, and what outlives a reload of the page. */
export class Host {
  readonly #api = acquireVsCodeApi();

  post(message: FromPage): void {
    this.#api.postMessage(message);
  }

  listen(take: (message: ToPage) => void): void {
    window.addEventListener('message', event => take(event.data as ToPage));
  }

  get state(): PageState {
    return (this.#api.getState() as PageState | undefined) ?? {};
  }

  keep(change: Partial<PageState>): void {
    this.#api.setState({ ...this.state, ...change });
  }
}
