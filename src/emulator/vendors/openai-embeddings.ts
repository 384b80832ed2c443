import { type Incoming, type PlainApi, Refused, type Vendor } from '../api.ts';
import { embed, printed } from '../embedding.ts';
import { fields, list, numberOrNull, text } from '../fields.ts';
import { countTokens } from '../tokens.ts';
import { azure } from './azure.ts';
import { openai } from './openai.ts';

/** POST /v1/embeddings */
export const openaiEmbeddings = embeddingsApi(openai);
/** POST /openai/deployments/NAME/embeddings */
export const azureEmbeddings = embeddingsApi(azure);

const DIMENSIONS: Readonly<Record<string, number>> = { 'text-embedding-3-large': 3072 };

function embeddingsApi(vendor: Vendor): PlainApi {
  return { kind: 'plain', vendor, dialect: 'openai-embeddings', contentType: 'application/json', answer };
}

function answer(request: Incoming): string {
  const body = fields(request.json);
  const model = text(body.model) || (/\/deployments\/([^/]+)\//.exec(request.path)?.[1] ?? '');
  if (model === '') throw new Refused('invalid_request', 'you must provide a model parameter');
  if (body.input === undefined) throw new Refused('invalid_request', "Missing required parameter: 'input'.");
  const inputs = inputTexts(body.input);
  const dimensions = numberOrNull(body.dimensions) ?? DIMENSIONS[model] ?? 1536;
  const tokens = inputs.reduce((sum, input) => sum + countTokens(input), 0);
  const data = inputs.map((input, index) => {
    const vector = embed(input, dimensions);
    const embedding =
      body.encoding_format === 'base64' ? Buffer.from(vector.buffer).toString('base64') : printed(vector);
    return { object: 'embedding', index, embedding };
  });
  const usage = { prompt_tokens: tokens, total_tokens: tokens };
  return `${JSON.stringify({ object: 'list', data, model, usage }, null, 2)}\n`;
}

/** A text, texts, token ids, or lists of token ids (as LangChain sends them). */
function inputTexts(input: unknown): string[] {
  if (typeof input === 'string') return [input];
  const items = list(input);
  if (items.every(item => typeof item === 'number')) return [items.join(' ')];
  return items.map(item => (typeof item === 'string' ? item : list(item).join(' ')));
}
