import type { Run, Said, Turn, Vendor } from './scenario.ts';

/** A way to make a bad run of a good one, with one cause that is known. */
export interface Plant {
  readonly cause: string;
  /** The call where it shows, from 0. */
  readonly step: number;
  /** Vendors whose wire format can carry it; all unless said. */
  readonly vendors?: readonly string[];
  /** What the agent or the world does otherwise; the answer at `step` then leads elsewhere. */
  readonly edit?: Edit;
  /** A bad run as a whole, where the cause is in the answer or in the run's length. */
  readonly make?: Edit;
  /** The good run that it is held against, where that is another one. */
  readonly good?: Edit;
  /** Documented to rank low: named, but behind what it led to. */
  readonly behind?: string;
}

type Edit = (good: Run, vendor: Vendor) => Run;

/** The good run of a plant. */
export function goodFor(plant: Plant, vendor: Vendor): Run {
  return plant.good?.(goodRun(), vendor) ?? goodRun();
}

/** The bad run of one plant, or of several of which one at most makes the run's end. */
export function planted(good: Run, vendor: Vendor, ...plants: readonly Plant[]): Run {
  const edited = plants.reduce((run, { edit }) => edit?.(run, vendor) ?? run, good);
  const end = plants.find(({ make }) => make);
  if (end?.make) return end.make(edited, vendor);
  return divergedAt(Math.max(...plants.map(({ step }) => step)), edited);
}

/** The bad run with other words beside its tool calls up to the plant: what a sampled model does every time. */
export function withNoise(bad: Run, step: number): Run {
  const turns = bad.turns.map((turn, i) =>
    i < step && turn.calls ? { ...turn, text: `Well, ${i}.` } : turn,
  );
  return { ...bad, turns };
}

/** What a plant changes: two that change one thing cannot both be there. */
const CHANGES: Readonly<Record<string, string>> = {
  tool_set_changed: 'tools',
  tool_schema_drift: 'tools',
  tool_order_changed: 'tools',
  template_variable_drift: 'user',
  user_input_changed: 'user',
  prompt_template_drift: 'user',
  history_truncated_or_compacted: 'history',
  history_reordered: 'history',
  message_dropped: 'history',
  upstream_tool_output_drifted: 'results',
  retrieved_context_drift: 'results',
  tool_error_or_timeout: 'results',
  tool_result_missing: 'results',
  parallel_reorder_race: 'results',
  env_or_locale_change: 'start',
  agent_nondeterminism: 'start',
};
/** A history that was cut or turned round carries no other change of the same messages. */
const MESSAGES: ReadonlySet<string> = new Set(['user', 'history', 'results']);
/** By definition named only where nothing else is found: chance, and what ranks behind it. */
const LEFT_OVER =
  /^(model_nondeterminism_|backend_fingerprint|response_cache|retry_side_effect|concurrency_limit|env_or|agent_nondet|unknown)/;

/** Pairs of plants that can be in one run together: two edits, or an edit and an end that comes with it or later. */
export function plantPairs(vendor: Vendor): readonly (readonly [Plant, Plant])[] {
  const plants = PLANTS.filter(
    ({ cause, vendors, good }) => !good && !LEFT_OVER.test(cause) && (vendors?.includes(vendor.name) ?? true),
  );
  return plants.flatMap((one, i) =>
    plants.slice(i + 1).flatMap((two): readonly (readonly [Plant, Plant])[] => {
      const [left, right] = [one, two].map(({ cause }) => CHANGES[cause] ?? cause);
      if (left === right || (MESSAGES.has(left!) && MESSAGES.has(right!))) return [];
      if (one.make && two.make) return [];
      if ((one.make && two.step > one.step) || (two.make && one.step > two.step)) return [];
      if (endsBefore(vendor, [one, two])) return [];
      return [[one, two]];
    }),
  );
}

/** Whether a limit on steps ends the run before one of the others shows. */
function endsBefore(vendor: Vendor, plants: readonly Plant[]): boolean {
  const limit = plants.find(({ cause }) => cause === 'budget_change');
  const calls = limit?.make?.(goodRun(), vendor).turns.length;
  return calls !== undefined && plants.some(one => one !== limit && one.step >= calls);
}

/** Four turns: look up, read two things at once, decide, answer. */
export function goodRun(): Run {
  return {
    model: 'model-a',
    system: 'You are a careful support agent. Use the tools, never guess.',
    user: 'Where is my order 7? I am dana@example.com. Today is 2026-11-23.',
    tools: [
      { name: 'search_orders', description: 'Finds orders.', properties: { customer: { type: 'string' } } },
      { name: 'get_shipment', description: 'Looks a shipment up.', properties: { id: { type: 'string' } } },
      {
        name: 'retrieve_documents',
        description: 'Searches the handbook.',
        properties: { query: { type: 'string' } },
      },
    ],
    parameters: { temperature: 0.2, max_tokens: 800 },
    ids: 'good',
    turns: [
      {
        text: 'Let me look.',
        calls: [{ name: 'search_orders', args: { customer: 'dana@example.com' } }],
        results: ['[{"id":7,"item":"frother"}]'],
      },
      {
        calls: [
          { name: 'get_shipment', args: { id: '7' } },
          { name: 'retrieve_documents', args: { query: 'late parcels' } },
        ],
        results: [
          '{"status":"shipped","eta":"tomorrow"}',
          'Parcels arrive within two days.\nLate parcels are refunded.',
        ],
      },
      { calls: [{ name: 'get_shipment', args: { id: '7b' } }], results: ['{"status":"waiting"}'] },
      { text: 'Your frother was shipped and arrives tomorrow.' },
    ],
  };
}

/** From `step` on these settings differ. */
function settingFrom(step: number, { parameters: fields, ...change }: NonNullable<Turn['with']>): Edit {
  return good => ({
    ...good,
    turns: good.turns.map((turn, i) => {
      if (i < step) return turn;
      const parameters = { ...good.parameters, ...turn.with?.parameters, ...fields };
      return { ...turn, with: { ...turn.with, ...change, parameters } };
    }),
  });
}

const ELSEWHERE: Turn = { text: 'I cannot find this order, sorry.' };

/** The run ends at `step` with another answer. */
export function divergedAt(step: number, run: Run, answer: Turn = ELSEWHERE): Run {
  const old = run.turns[step]!;
  return {
    ...run,
    ids: 'bad',
    turns: [...run.turns.slice(0, step), { ...(old.with ? { with: old.with } : {}), ...answer }],
  };
}

function resultAt(turn: number, index: number, text: string | null): Edit {
  return good => ({
    ...good,
    turns: good.turns.map((one, i) =>
      i === turn ? { ...one, results: one.results!.map((result, n) => (n === index ? text : result)) } : one,
    ),
  });
}

function rewritten(step: number, rewrite: (messages: readonly Said[]) => readonly Said[]): Edit {
  return good => ({ ...good, rewrite: (messages, turn) => (turn >= step ? rewrite(messages) : messages) });
}

const environment = (digest: string) => ({
  platform: 'linux',
  runtime: 'node 24',
  digest: digest.repeat(64),
});

const parameters = (change: object) => ({ parameters: { ...change } });
const OPENAI = ['OpenAI chat', 'OpenAI responses'];

const CLEAN: NonNullable<Run['start']> = { git: { commit: 'c'.repeat(40), branch: 'main', dirty: false } };
const searched = (result: string): unknown => ({
  type: 'web_search_tool_result',
  tool_use_id: 'srvtoolu_1',
  content: [{ type: 'web_search_result', title: result, url: 'https://example.com', page_age: null }],
});

export const PLANTS: readonly Plant[] = [
  {
    cause: 'agent_nondeterminism',
    step: 0,
    good: good => ({ ...good, start: CLEAN }),
    make: good => ({
      ...divergedAt(0, { ...good, user: 'Where is my order 7? Lucky number: 4.' }),
      start: { ...CLEAN, id: '1'.repeat(32), mode: 'replay', parent: { session: '0'.repeat(32) } },
    }),
  },
  {
    cause: 'env_or_locale_change',
    step: 4,
    good: good => ({ ...good, start: { ...CLEAN, environment: environment('a') } }),
    make: good => ({
      ...good,
      ids: 'bad',
      start: { ...CLEAN, environment: environment('b') },
      turns: [...good.turns, { text: 'Checked.' }],
    }),
  },
  {
    cause: 'concurrency_limit',
    step: 0,
    behind: 'template_variable_drift',
    good: good => ({ ...good, pace: 1 }),
    make: good => divergedAt(2, { ...good, pace: 1_000, user: good.user.replace('11-23', '11-24') }),
  },
  {
    cause: 'server_tool_drift',
    step: 3,
    vendors: ['Anthropic'],
    good: good => divergedAt(3, good, { text: 'It ships today.', serverBlock: searched('Open on Sunday') }),
    make: good =>
      divergedAt(3, good, { text: 'It ships on Monday.', serverBlock: searched('Closed on Sunday') }),
  },
  {
    cause: 'history_server_state',
    step: 0,
    vendors: ['OpenAI responses'],
    good: good => ({ ...good, parameters: { ...good.parameters, previous_response_id: 'resp_before_1' } }),
    make: good =>
      divergedAt(0, {
        ...good,
        parameters: { ...good.parameters, previous_response_id: 'resp_before_2' },
      }),
  },
  {
    cause: 'model_nondeterminism_greedy',
    step: 2,
    good: good => ({ ...good, parameters: { ...good.parameters, temperature: 0 } }),
    make: good => divergedAt(2, good),
  },
  {
    cause: 'retry_side_effect',
    step: 2,
    behind: 'model_nondeterminism_sampled',
    make: good => divergedAt(2, good, { ...ELSEWHERE, attempts: [{ status: 500 }] }),
  },
  { cause: 'model_version_changed', step: 1, edit: settingFrom(1, { model: 'model-b' }) },
  { cause: 'sampling_params_changed', step: 2, edit: settingFrom(2, parameters({ temperature: 0.9 })) },
  { cause: 'seed_changed', step: 0, vendors: ['OpenAI chat'], edit: settingFrom(0, parameters({ seed: 2 })) },
  {
    cause: 'reasoning_effort_changed',
    step: 1,
    vendors: ['OpenAI chat'],
    edit: settingFrom(1, parameters({ reasoning_effort: 'low' })),
  },
  {
    cause: 'reasoning_effort_changed',
    step: 1,
    vendors: ['OpenAI responses'],
    edit: settingFrom(1, parameters({ reasoning: { effort: 'low' } })),
  },
  {
    cause: 'reasoning_effort_changed',
    step: 1,
    vendors: ['Anthropic'],
    edit: settingFrom(1, parameters({ thinking: { type: 'enabled', budget_tokens: 1024 } })),
  },
  {
    cause: 'reasoning_effort_changed',
    step: 1,
    vendors: ['Gemini'],
    edit: settingFrom(1, parameters({ thinkingConfig: { thinkingBudget: 0 } })),
  },
  { cause: 'output_limit_changed', step: 2, edit: settingFrom(2, parameters({ max_tokens: 100 })) },
  {
    cause: 'tool_choice_changed',
    step: 1,
    vendors: [...OPENAI, 'Anthropic'],
    edit: settingFrom(1, parameters({ tool_choice: 'none' })),
  },
  {
    cause: 'response_format_changed',
    step: 3,
    vendors: ['OpenAI chat'],
    edit: settingFrom(3, parameters({ response_format: { type: 'json_object' } })),
  },
  {
    cause: 'response_format_changed',
    step: 3,
    vendors: ['OpenAI responses'],
    edit: settingFrom(3, parameters({ text: { format: { type: 'json_object' } } })),
  },
  {
    cause: 'response_format_changed',
    step: 3,
    vendors: ['Gemini'],
    edit: settingFrom(3, parameters({ responseMimeType: 'application/json' })),
  },
  {
    cause: 'safety_settings_changed',
    step: 1,
    vendors: ['Gemini'],
    edit: settingFrom(
      1,
      parameters({ safetySettings: [{ category: 'HARM_CATEGORY_HATE', threshold: 'BLOCK_NONE' }] }),
    ),
  },
  {
    cause: 'tool_set_changed',
    step: 1,
    edit: (good, vendor) => settingFrom(1, { tools: good.tools.slice(0, 2) })(good, vendor),
  },
  {
    cause: 'tool_schema_drift',
    step: 2,
    edit: (good, vendor) =>
      settingFrom(2, {
        tools: good.tools.map(tool =>
          tool.name === 'get_shipment' ? { ...tool, properties: { id: { type: 'integer' } } } : tool,
        ),
      })(good, vendor),
  },
  {
    cause: 'tool_order_changed',
    step: 0,
    edit: (good, vendor) => settingFrom(0, { tools: good.tools.toReversed() })(good, vendor),
  },
  {
    cause: 'sdk_or_api_version_changed',
    step: 1,
    vendors: ['Anthropic'],
    edit: settingFrom(1, { headers: { 'anthropic-version': '2024-01-01' } }),
  },
  {
    cause: 'sdk_or_api_version_changed',
    step: 1,
    vendors: ['OpenAI chat'],
    edit: settingFrom(1, { query: '?api-version=2025-01-01' }),
  },
  {
    cause: 'provider_route_changed',
    step: 1,
    edit: settingFrom(1, { host: 'gateway.example' }),
    vendors: ['OpenAI chat', 'OpenAI responses', 'Anthropic'],
  },
  {
    cause: 'provider_route_changed',
    step: 1,
    edit: settingFrom(1, { host: 'bedrock-runtime.eu-west-1.amazonaws.com' }),
    vendors: ['Bedrock'],
  },
  {
    cause: 'system_prompt_drift',
    step: 1,
    edit: settingFrom(1, { system: 'You are a support agent. Be brief.' }),
  },
  {
    cause: 'template_variable_drift',
    step: 0,
    edit: good => ({ ...good, user: good.user.replace('11-23', '11-24') }),
  },
  {
    cause: 'user_input_changed',
    step: 0,
    edit: good => ({ ...good, user: 'Please cancel my order 9.' }),
  },
  {
    cause: 'prompt_template_drift',
    step: 0,
    edit: good => ({ ...good, user: `Answer the customer briefly and politely.\n\n${good.user}` }),
  },
  {
    cause: 'retrieved_context_drift',
    step: 2,
    edit: resultAt(1, 1, 'Parcels arrive within ten days.\nLate parcels are not refunded.'),
  },
  { cause: 'upstream_tool_output_drifted', step: 1, edit: resultAt(0, 0, '[{"id":7,"item":"grinder"}]') },
  { cause: 'upstream_tool_output_drifted', step: 2, edit: resultAt(1, 0, '{"status":"pending"}') },
  { cause: 'tool_error_or_timeout', step: 3, edit: resultAt(2, 0, 'Error: timed out after 30 s') },
  { cause: 'tool_result_missing', step: 2, edit: resultAt(1, 1, null) },
  {
    cause: 'history_truncated_or_compacted',
    step: 3,
    edit: rewritten(3, messages => [messages[0]!, ...messages.slice(-4)].slice(1)),
  },
  {
    cause: 'history_truncated_or_compacted',
    step: 3,
    edit: rewritten(3, messages => [
      { role: 'user', text: 'Summary: the customer asks about order 7.' },
      ...messages.slice(-2),
    ]),
  },
  {
    cause: 'history_reordered',
    step: 3,
    edit: rewritten(3, messages => [...messages.slice(1, 3), messages[0]!, ...messages.slice(3)]),
    vendors: OPENAI,
  },
  {
    cause: 'message_dropped',
    step: 3,
    vendors: [...OPENAI, 'Anthropic', 'Bedrock'],
    edit: rewritten(3, messages => [...messages.slice(0, 3), ...messages.slice(6)]),
  },
  {
    cause: 'parallel_reorder_race',
    step: 2,
    edit: good => ({
      ...good,
      turns: good.turns.map((turn, i) => (i === 1 ? { ...turn, order: [1, 0] } : turn)),
    }),
  },
  {
    cause: 'control_flow_change',
    step: 4,
    make: good => ({ ...good, ids: 'bad', turns: [...good.turns, { text: 'Checked.' }] }),
  },
  { cause: 'budget_change', step: 3, make: good => ({ ...good, ids: 'bad', turns: good.turns.slice(0, 3) }) },
  {
    cause: 'model_alias_rollover',
    step: 2,
    vendors: ['OpenAI chat', 'OpenAI responses', 'Anthropic', 'Gemini'],
    make: good => divergedAt(2, good, { ...ELSEWHERE, model: 'model-a-2026-01-01' }),
  },
  {
    cause: 'backend_fingerprint_changed',
    step: 2,
    vendors: ['OpenAI chat'],
    make: good => divergedAt(2, good, { ...ELSEWHERE, fingerprint: 'fp_2' }),
  },
  {
    cause: 'response_cache',
    step: 1,
    make: good => divergedAt(1, good, { ...ELSEWHERE, answerHeaders: { 'x-cache': 'HIT' } }),
  },
  { cause: 'model_nondeterminism_sampled', step: 2, make: good => divergedAt(2, good) },
  {
    cause: 'rate_limited',
    step: 1,
    make: good =>
      divergedAt(1, good, { status: 429, error: { type: 'rate_limit_error', message: 'slow down' } }),
  },
  {
    cause: 'overloaded',
    step: 2,
    make: good =>
      divergedAt(2, good, { status: 529, error: { type: 'overloaded_error', message: 'Overloaded' } }),
  },
  {
    cause: 'provider_error_unrecovered',
    step: 2,
    make: good => divergedAt(2, good, { status: 500, error: { type: 'api_error', message: 'Internal' } }),
  },
  { cause: 'timeout_or_disconnect', step: 1, make: good => divergedAt(1, good, { cut: 'before' }) },
  {
    cause: 'stream_cut',
    step: 3,
    make: good => divergedAt(3, good, { text: 'Your frother was', cut: 'reset' }),
  },
  {
    cause: 'output_truncated',
    step: 3,
    make: (good, { words }) => divergedAt(3, good, { text: 'Your frother was', finish: words.length }),
  },
  {
    cause: 'refusal_or_filter',
    step: 3,
    make: (good, { words }) => divergedAt(3, good, { text: 'No.', finish: words.withheld }),
  },
  {
    cause: 'malformed_model_output',
    step: 2,
    vendors: OPENAI,
    make: good =>
      divergedAt(2, good, { calls: [{ name: 'get_shipment', args: {} }], rawArguments: '{"id": ' }),
  },
  {
    cause: 'malformed_model_output',
    step: 2,
    make: good => divergedAt(2, good, { calls: [{ name: 'delete_everything', args: {} }] }),
  },
];

/** Edits that change bytes and nothing else. */
export const NULL_EDITS: readonly { readonly name: string; make(good: Run): Run }[] = [
  { name: 'ids', make: good => ({ ...good, ids: 'other' }) },
  {
    name: 'header noise',
    make: good => ({ ...good, headers: { 'x-request-id': 'abc', 'user-agent': 'agent/2', date: 'now' } }),
  },
  {
    name: 'key order of parameters',
    make: good => ({ ...good, parameters: Object.fromEntries(Object.entries(good.parameters).reverse()) }),
  },
  {
    name: 'a retry that went well',
    make: good => ({
      ...good,
      turns: good.turns.map((turn, i) => (i === 1 ? { ...turn, attempts: [{ status: 500 }] } : turn)),
    }),
  },
  { name: 'a metadata tag', make: good => ({ ...good, parameters: { ...good.parameters, user: 'u-2' } }) },
  {
    name: 'key order of bodies',
    make: good => ({ ...good, reversed: true }),
  },
  { name: 'chunking', make: good => ({ ...good, chunks: 7 }) },
  {
    name: 'another fingerprint',
    make: good => ({ ...good, turns: good.turns.map(turn => ({ ...turn, fingerprint: 'fp_9' })) }),
  },
];
