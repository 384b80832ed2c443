import { EXIT_CODES } from './exit-codes.ts';
import { out } from './terminal.ts';

const ENVIRONMENT: readonly (readonly [string, string])[] = [
  ['REWIND_HOME', 'where sessions and the certificate authority live (default ~/.rewind)'],
  ['REWIND_UPSTREAM', 'HOST=URL pairs, separated by commas or blanks: as --upstream of record and proxy'],
  ['REWIND_SITES', 'off, fast or deep, as --sites; docs/call-sites.md has two more'],
  ['NO_COLOR, FORCE_COLOR', 'colours never, or always; else on terminals only'],
  ['HTTPS_PROXY, NO_PROXY', 'a proxy already in the environment is chained to'],
];

const CONFIG = `rewind.config.json is looked for in the current folder and upward. All members are optional:

  {
    "match":     { "ignore": ["$.metadata.run_id"], "mask": ["uuid", "date", "run-\\\\d{1,9}"] },
    "redact":    { "headers": ["x-corp-token"], "jsonPaths": ["$.user.ssn"], "patterns": ["CORP-[0-9]{8}"] },
    "hosts":     ["llm.corp.example=openai"],
    "sites":     { "ignore": ["my_framework"], "include": ["site-packages/my_agent"] },
    "upstreams": { "api.openai.com": "https://gateway.corp.example/openai" },
    "prices":    { "corp-llm": { "input": 0.5, "output": 1.5 } },
    "mutate":    { "accept": [{ "mutant": "refusal@4", "verdict": "silent", "why": "a chat may pass it on" }] }
  }

docs/cli.md explains each; match rules are explained in docs/matching.md.`;

const TOPIC_TEXTS: Readonly<Record<string, () => string>> = {
  'exit-codes': () => `Exit codes:\n${pairs(EXIT_CODES)}`,
  environment: () => `Environment variables:\n${pairs(ENVIRONMENT)}`,
  config: () => CONFIG,
};

export const TOPICS = Object.keys(TOPIC_TEXTS);

/** Prints `rewind help <topic>`; false where there is no such topic. */
export function printTopic(topic: string | undefined): boolean {
  if (topic === undefined || !Object.hasOwn(TOPIC_TEXTS, topic)) return false;
  out.line(TOPIC_TEXTS[topic]!());
  return true;
}

function pairs(lines: readonly (readonly [string, string])[]): string {
  const width = Math.max(...lines.map(([name]) => name.length));
  return lines.map(([name, text]) => `  ${name.padEnd(width)}  ${text}`).join('\n');
}
