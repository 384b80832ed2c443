import type { ChatApi } from '../api.ts';
import { type Fields, fields, list } from '../fields.ts';
import { dataEvent } from '../sse.ts';
import { azure } from './azure.ts';
import { chatChunks, chatCompletion, readChatPrompt } from './openai-chat.ts';

/** POST /openai/deployments/NAME/chat/completions, and /openai/v1/chat/completions with an api-key */
export const azureChat: ChatApi = {
  kind: 'chat',
  vendor: azure,
  dialect: 'openai-chat',
  contentType: 'application/json',
  streamContentType: () => 'text/event-stream; charset=utf-8',
  read: request => readChatPrompt(request, 'azure', deployment(request.path)),
  whole(writing) {
    const { service_tier: _, ...answer } = chatCompletion(writing);
    const choices = answer.choices.map(choice => ({ ...choice, content_filter_results: SAFE_OUTPUT }));
    const rest = { ...answer, choices, prompt_filter_results: PROMPT_FILTER };
    return JSON.stringify(sorted(rest));
  },
  stream(writing) {
    const first = {
      choices: [],
      created: 0,
      id: '',
      model: '',
      object: '',
      prompt_filter_results: PROMPT_FILTER,
    };
    const chunks = chatChunks(writing).map(chunk => {
      const { service_tier: _, ...rest } = fields(chunk);
      const choices = list(rest.choices).map(choice => {
        const said = fields(fields(choice).delta).content;
        const content_filter_results = typeof said === 'string' && said !== '' ? SAFE_OUTPUT : {};
        return { ...fields(choice), content_filter_results };
      });
      return sorted({ ...rest, choices });
    });
    return [first, ...chunks].map(chunk => dataEvent(JSON.stringify(chunk))).concat(dataEvent('[DONE]'));
  },
};

function deployment(path: string): string | undefined {
  const name = /\/deployments\/([^/]+)\//.exec(path)?.[1];
  return name === undefined ? undefined : decodeURIComponent(name);
}

const SAFE = { filtered: false, severity: 'safe' };
const SAFE_OUTPUT = { hate: SAFE, self_harm: SAFE, sexual: SAFE, violence: SAFE };
const PROMPT_FILTER = [
  {
    prompt_index: 0,
    content_filter_results: {
      hate: SAFE,
      jailbreak: { detected: false, filtered: false },
      self_harm: SAFE,
      sexual: SAFE,
      violence: SAFE,
    },
  },
];

/** Azure sends its keys in alphabetical order, but for the entries of `prompt_filter_results`. */
function sorted(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) return key === 'prompt_filter_results' ? value : value.map(item => sorted(item));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value as Fields).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, item]) => [name, sorted(item, name)]));
}
