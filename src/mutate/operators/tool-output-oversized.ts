import type { Json } from '../../wire/json.ts';
import { toolFault } from '../answer/tool-output.ts';
import type { Operator } from '../operator.ts';

export const toolOutputOversized: Operator = {
  id: 'tool-output-oversized',
  family: 'tool-output',
  summary: 'the service behind a tool gives 200 kB where it gave a few lines',
  evidence:
    'Results that fill the whole context window: [charmbracelet/crush#3480](https://github.com/charmbracelet/crush/issues/3480), [QwenLM/qwen-code#2439](https://github.com/QwenLM/qwen-code/issues/2439), [NousResearch/hermes-agent#56059](https://github.com/NousResearch/hermes-agent/issues/56059).',
  priority: 2,
  plan: target => toolFault(target, ({ value }) => ({ value: padded(value) }), 'padded to 200 kB'),
};

const SIZE = 200_000;
const LINE = '2026-01-01T00:00:00Z DEBUG request handled, nothing to report\n';

function padded(value: Json): Json {
  if (Array.isArray(value) && value.length > 0) {
    const times = Math.ceil(SIZE / JSON.stringify(value).length);
    return Array.from({ length: times }, () => value as readonly Json[]).flat();
  }
  const log = LINE.repeat(Math.ceil(SIZE / LINE.length));
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return { ...value, debug_log: log };
  return `${typeof value === 'string' ? value : JSON.stringify(value)}\n${log}`;
}
