import { isCredentialHeader } from '../providers/credentials.ts';
import type { AnswerHead, RequestHead } from '../wire/exchange.ts';
import type { RawHeaders } from '../wire/headers.ts';

/** Takes secrets out of what is about to be written. One for each session: it learns the secrets it sees. */
export class Redactor {
  requestHead(head: RequestHead): RequestHead {
    return { ...head, headers: this.#headers(head.headers) };
  }

  answerHead(head: AnswerHead): AnswerHead {
    return { ...head, headers: this.#headers(head.headers) };
  }

  #headers(headers: RawHeaders): RawHeaders {
    return headers.map(([name, value]) => [
      name,
      isCredentialHeader(name) ? '*'.repeat(value.length) : value,
    ]);
  }
}
