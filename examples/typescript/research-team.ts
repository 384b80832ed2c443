// A planner and two researchers that work at the same time. `node research-team.ts [topic]`; needs ANTHROPIC_API_KEY.
import Anthropic from '@anthropic-ai/sdk';

const PLANNER = 'claude-sonnet-4-6';
const RESEARCHER = 'claude-haiku-4-5';
const FACTS: Readonly<Record<string, string>> = {
  history: 'Espresso was patented in Turin in 1884.',
  health: 'Three cups a day are safe for most adults.',
};
const LOOK_UP: Anthropic.Tool = {
  name: 'look_up',
  description: 'Looks a subject up in the library.',
  input_schema: { type: 'object', properties: { subject: { type: 'string' } }, required: ['subject'] },
};

const topic = process.argv.slice(2).join(' ') || 'coffee';
const client = new Anthropic();

function textOf(message: Anthropic.Message): string {
  return message.content.map(block => (block.type === 'text' ? block.text : '')).join('');
}

async function plan(): Promise<string[]> {
  const message = await client.messages.create({
    model: PLANNER,
    max_tokens: 500,
    system: 'You plan research. Answer with a JSON list of two subjects.',
    messages: [{ role: 'user', content: `Plan: ${topic}` }],
  });
  return JSON.parse(textOf(message));
}

async function research(subject: string): Promise<string> {
  const messages: Anthropic.MessageParam[] = [
    { role: 'user', content: `Research the ${subject} of ${topic}.` },
  ];
  for (;;) {
    const message = await client.messages.create({
      model: RESEARCHER,
      max_tokens: 500,
      system: 'You research one subject. Look it up, then report in one sentence.',
      messages,
      tools: [LOOK_UP],
    });
    const uses = message.content.filter(block => block.type === 'tool_use');
    if (uses.length === 0) return textOf(message);
    const results = uses.map((use): Anthropic.ToolResultBlockParam => {
      const { subject: wanted } = use.input as { subject: string };
      return { type: 'tool_result', tool_use_id: use.id, content: FACTS[wanted] ?? 'nothing found' };
    });
    messages.push({ role: 'assistant', content: message.content }, { role: 'user', content: results });
  }
}

const subjects = await plan();
console.log(`Plan: ${subjects.join(', ')}`);
const findings = await Promise.all(subjects.map(research));
const list = findings.map(finding => `- ${finding}`).join('\n');
const report = client.messages.stream({
  model: PLANNER,
  max_tokens: 500,
  system: 'You write short reports.',
  messages: [{ role: 'user', content: `Write the report on ${topic} from these findings:\n${list}` }],
});
report.on('text', piece => process.stdout.write(piece));
await report.finalMessage();
console.log();
