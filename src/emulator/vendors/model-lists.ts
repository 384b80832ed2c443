import type { PlainApi } from '../api.ts';
import { MODELS_LISTED } from '../snapshots.ts';
import { anthropic } from './anthropic.ts';
import { gemini } from './gemini.ts';
import { openai } from './openai.ts';

const LISTED_AT = Date.UTC(2025, 3, 14) / 1000;

/** GET /v1/models */
export const openaiModels: PlainApi = {
  kind: 'plain',
  vendor: openai,
  dialect: openai.dialect,
  contentType: 'application/json',
  answer() {
    const data = MODELS_LISTED.openai.map(id => ({
      id,
      object: 'model',
      created: LISTED_AT,
      owned_by: 'system',
    }));
    return `${JSON.stringify({ object: 'list', data }, null, 2)}\n`;
  },
};

/** GET /v1/models with an anthropic-version header */
export const anthropicModels: PlainApi = {
  kind: 'plain',
  vendor: anthropic,
  dialect: anthropic.dialect,
  contentType: 'application/json',
  answer() {
    const ids = MODELS_LISTED.anthropic;
    const data = ids.map(id => ({
      type: 'model',
      id,
      display_name: id.replace(/^claude/, 'Claude').replaceAll('-', ' '),
      created_at: '2025-09-29T00:00:00Z',
    }));
    return JSON.stringify({ data, has_more: false, first_id: ids[0], last_id: ids.at(-1) });
  },
};

/** GET /v1beta/models */
export const geminiModels: PlainApi = {
  kind: 'plain',
  vendor: gemini,
  dialect: gemini.dialect,
  contentType: 'application/json; charset=UTF-8',
  answer() {
    const models = MODELS_LISTED.gemini.map(id => ({
      name: `models/${id}`,
      version: '001',
      displayName: id,
      inputTokenLimit: 1_048_576,
      outputTokenLimit: 65_536,
      supportedGenerationMethods: ['generateContent', 'countTokens'],
    }));
    return `${JSON.stringify({ models }, null, 2)}\n`;
  },
};
