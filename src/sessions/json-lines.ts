/** Characters that are gathered before they become bytes. */
const PIECE = 1024 * 1024;

/** JSON, one value a line. Together they may be longer than a JavaScript string can be, so they are kept as bytes. */
export class JsonLines {
  readonly #pieces: Buffer[] = [];
  #text = '';

  add(value: object): void {
    this.#text += `${JSON.stringify(value)}\n`;
    if (this.#text.length >= PIECE) this.#cut();
  }

  /** UTF-8, in order. */
  pieces(): readonly Buffer[] {
    this.#cut();
    return this.#pieces;
  }

  #cut(): void {
    if (this.#text !== '') this.#pieces.push(Buffer.from(this.#text));
    this.#text = '';
  }
}
