import type { FromPage, PageState, ToPage } from './messages.ts';

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

/** The extension at the other end, and what outlives a reload of the page. `Out` and `In`: what the page says and is told. */
export class Host<Out = FromPage, In = ToPage, State extends object = PageState> {
  readonly #api = acquireVsCodeApi();

  post(message: Out): void {
    this.#api.postMessage(message);
  }

  listen(take: (message: In) => void): void {
    window.addEventListener('message', event => take(event.data as In));
  }

  get state(): Partial<State> {
    return (this.#api.getState() as Partial<State> | undefined) ?? {};
  }

  keep(change: Partial<State>): void {
    this.#api.setState({ ...this.state, ...change });
  }
}
