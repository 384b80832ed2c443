import { type Timeline, timelineOf } from '../../src/timeline/timeline.ts';
import { answerOf, type Recorded, requestOf, sessionOf } from '../tape/tape-session.ts';
import {
  assistant,
  type ChatMessage,
  chatCall,
  type Said,
  system,
  toolResult,
  user,
} from '../timeline/conversation.ts';

/** Text that tries to become markup, script, a style, a link or a picture of its own. */
export const HOSTILE = [
  '<script>fault("script ran")</script>',
  '<img src=x onerror="fault(\'handler ran\')">',
  '"><svg onload=fault("svg ran")>',
  '[click](javascript:fault("link ran"))',
  '![pixel](https://tracker.example/pixel.png)',
  '<style>body{display:none}</style>',
  '\u202egnp.exe \u2066hidden\u2069 \u001b[31mred\u001b[0m \u0007',
  '```html\n<iframe src="https://evil.example"></iframe>\n```',
  '</pre></details></main><h1>escaped</h1>',
].join('\n\n');

export const MARKDOWN = `# Findings

The order **ORD-1042** was delivered *broken*; see \`orders.status\` and [the policy](https://shop.example/returns).

1. Refund the machine
2. Track the parcel
   - carrier: DHL
   - eta: ~~Monday~~ Tuesday

| item | price | state |
|---|---:|---|
| Espresso machine | 249 € | refunded |
| Filter papers | 4 € | kept |

> Refunds are possible within 30 days.

\`\`\`python
def refund(order):
    return api.post(f"/orders/{order}/refund")
\`\`\`
`;

/** Chunks of a streamed chat completion, evenly over `takes` milliseconds. */
export function streamed(
  messages: readonly ChatMessage[],
  text: string,
  at: number,
  takes: number,
  body: object = {},
): Recorded {
  const words = text.match(/\S+\s*|\s+/g) ?? [];
  const event = (delta: object, finish: string | null): string =>
    `data: ${JSON.stringify({ id: `c${at}`, object: 'chat.completion.chunk', model: 'gpt-4o-2024-08-06', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
  const input = JSON.stringify(messages).length >> 2;
  const usage = {
    prompt_tokens: input,
    completion_tokens: words.length,
    total_tokens: input + words.length,
    prompt_tokens_details: { cached_tokens: Math.floor(input * 0.6) },
  };
  const chunks = [
    ...words.map(word => event({ content: word }, null)),
    event({}, 'stop'),
    `data: ${JSON.stringify({ id: `c${at}`, object: 'chat.completion.chunk', choices: [], usage })}\n\n`,
    'data: [DONE]\n\n',
  ];
  const wait = takes * 0.3;
  return {
    at,
    request: requestOf({
      model: 'gpt-4o',
      stream: true,
      stream_options: { include_usage: true },
      messages,
      ...body,
    }),
    answer: answerOf(chunks, {
      headers: [['content-type', 'text/event-stream']],
      at: chunks.map((_, i) => wait + ((takes - wait) * i) / chunks.length),
    }),
  };
}

/** One lane with all that a page can show: growth, tools, Markdown, hostile text, a failure with a retry, a changed prompt. */
export function showcase(): Timeline {
  const tools = [
    {
      type: 'function',
      function: {
        name: 'search_orders',
        description: 'Finds orders of a customer.',
        parameters: { type: 'object', properties: { customer: { type: 'string' } } },
      },
    },
    {
      type: 'function',
      function: {
        name: 'refund',
        description: 'Refunds an order.',
        parameters: { type: 'object', properties: { order: { type: 'string' }, amount: { type: 'number' } } },
      },
    },
  ];
  const messages: ChatMessage[] = [
    system('You are a support agent of a coffee shop. Be short, be kind, never promise what you cannot do.'),
    user('My espresso machine arrived broken. I want my money back!'),
  ];
  const recorded: Recorded[] = [];
  const say = (
    said: Said,
    at: number,
    takes: number,
    results: Readonly<Record<string, string>> = {},
  ): void => {
    const inputTokens = JSON.stringify(messages).length >> 2;
    recorded.push(
      chatCall(
        [...messages],
        { inputTokens, ...said },
        { at, takes },
        { temperature: at > 3000 ? 0.7 : 0.2, tools },
      ),
    );
    messages.push(assistant(said), ...Object.entries(results).map(([id, text]) => toolResult(id, text)));
  };
  say({ tools: { a: ['search_orders', { customer: 'dana@example.com' }] } }, 100, 620, {
    a: JSON.stringify({
      orders: [{ id: 'ORD-1042', item: 'Espresso machine', price: 249, status: 'delivered' }],
    }),
  });
  say({ status: 429, text: 'Rate limit reached for gpt-4o: 30000 tokens a minute.' }, 900, 40);
  messages.pop();
  say(
    {
      tools: {
        b: ['refund', { order: 'ORD-1042', amount: 249 }],
        c: ['search_orders', { customer: 'dana' }],
      },
    },
    1500,
    840,
    { b: 'refunded', c: HOSTILE },
  );
  recorded.push(streamed([...messages], MARKDOWN, 2700, 2200, { tools, temperature: 0.2 }));
  messages.push(assistant({ text: MARKDOWN }), user(`Thank you! And this? ${HOSTILE}`));
  messages[0] = system(
    'You are a support agent of a coffee shop. Be short, be very kind, never promise what you cannot keep.',
  );
  say({ text: `I would rather not run that.\n\n${HOSTILE}` }, 5600, 1300);
  say({ status: 500, text: 'The server had an error while processing your request.' }, 7300, 300);
  const session = sessionOf(recorded);
  const line = (at: number, stream: 'stdout' | 'stderr', text: string) => ({
    at,
    stream,
    bytes: Buffer.from(text),
  });
  return timelineOf({
    ...session,
    start: {
      ...session.start,
      id: 'ab'.repeat(16),
      name: 'Refund of a broken machine',
      command: ['python', 'order_agent.py'],
    },
    exit: { at: 7900, code: 1, signal: null },
    output: [
      line(80, 'stdout', 'Customer: My espresso machine arrived broken\n'),
      line(880, 'stderr', '\u001b[33mWARN\u001b[0m retrying after 429\n'),
      line(2400, 'stdout', 'refund(ORD-1042)\n'),
      line(4950, 'stdout', 'Agent: it is refunded\n'),
      line(7700, 'stderr', 'Traceback (most recent call last): …\n'),
    ],
  });
}

/** A long session of many lanes, each of some tool-using calls. */
export function long(steps: number): Timeline {
  const recorded: Recorded[] = [];
  const turns = 10;
  for (let lane = 0; recorded.length * 2 < steps + turns; lane++) {
    const messages: ChatMessage[] = [system(`Agent ${lane} looks things up.`), user(`Task ${lane}`)];
    for (let turn = 0; turn < turns; turn++) {
      const id = `call_${lane}_${turn}`;
      const said: Said =
        (lane * turns + turn) % 97 === 42
          ? { status: 500, text: 'The server had an error' }
          : { tools: { [id]: ['look_up', { key: `${lane}.${turn}` }] }, inputTokens: 200 + turn * 180 };
      recorded.push(
        chatCall([...messages], said, {
          at: (lane * turns + turn) * 130 + (lane % 3) * 40,
          takes: 60 + ((lane * 7 + turn * 13) % 60),
        }),
      );
      if (said.status === undefined)
        messages.push(assistant(said), toolResult(id, `value of ${lane}.${turn}`));
    }
  }
  recorded.sort((a, b) => a.at! - b.at!);
  const session = sessionOf(recorded);
  return timelineOf({ ...session, start: { ...session.start, name: `${steps} steps` } });
}
