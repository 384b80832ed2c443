import { type Incoming, type PlainApi, Refused } from '../api.ts';
import { embed, printed } from '../embedding.ts';
import { contentText, type Fields, fields, list, numberOrNull } from '../fields.ts';
import { gemini } from './gemini.ts';
import { geminiModel } from './gemini-generate.ts';

/** POST …/models/MODEL:embedContent and :batchEmbedContents */
export const geminiEmbeddings: PlainApi = {
  kind: 'plain',
  vendor: gemini,
  dialect: 'gemini-embeddings',
  contentType: 'application/json; charset=UTF-8',
  answer(request) {
    const body = fields(request.json);
    if (request.path.endsWith(':embedContent')) {
      if (body.content === undefined)
        throw new Refused('invalid_request', '* GenerateContentRequest.content: content is not specified\n');
      return pretty({ embedding: embedding(request, body) });
    }
    if (!Array.isArray(body.requests))
      throw new Refused('invalid_request', '* GenerateContentRequest.requests: requests is not specified\n');
    return pretty({ embeddings: list(body.requests).map(each => embedding(request, fields(each))) });
  },
};

function embedding(request: Incoming, body: Fields): object {
  const usual = geminiModel(request.path) === 'text-embedding-004' ? 768 : 3072;
  const dimensions = numberOrNull(body.outputDimensionality) ?? usual;
  return { values: printed(embed(contentText(fields(body.content).parts), dimensions)) };
}

function pretty(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
