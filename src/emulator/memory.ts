/** What the emulated vendors remember between requests: stored responses, for `previous_response_id`. */
export class Memory {
  readonly #responses = new Map<string, readonly unknown[]>();

  /** Items of the conversation up to and with this response; undefined where it is not known. */
  conversation(responseId: string): readonly unknown[] | undefined {
    return this.#responses.get(responseId);
  }

  store(responseId: string, items: readonly unknown[]): void {
    this.#responses.set(responseId, items);
  }

  clear(): void {
    this.#responses.clear();
  }
}
