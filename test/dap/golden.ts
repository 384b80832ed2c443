import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { DapClient } from './dap-client.ts';

const WIDTH = 110;

/** What was said, as text: requests `→`, answers `←` (`✗` where refused), events `!`. Numbers of messages are left out. */
export function transcript(client: DapClient, from = 'launch'): string {
  const start = client.said.findIndex(message => 'command' in message && message.command === from);
  return `${client.said
    .slice(start)
    .map(message => {
      if (message.type === 'request') {
        const { command, arguments: args } = message as DebugProtocol.Request;
        return `\n→ ${command}${args === undefined ? '' : ` ${readable(args)}`}`;
      }
      if (message.type === 'event') {
        const { event, body } = message as DebugProtocol.Event;
        return `! ${event}${body === undefined ? '' : ` ${readable(body)}`}`;
      }
      const { success, command, body, message: why } = message as DebugProtocol.Response;
      if (!success) return `✗ ${command} ${why}`;
      return `← ${command}${body === undefined ? '' : ` ${readable(body)}`}`;
    })
    .join('\n')
    .trim()}\n`;
}

/** JSON with small values on one line. */
function readable(value: unknown, indent = ''): string {
  const line = JSON.stringify(value);
  if (typeof value !== 'object' || value === null || line.length + indent.length < WIDTH) return line;
  const inner = `${indent}  `;
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  const rows = Object.entries(value).map(
    ([name, one]) =>
      `${inner}${Array.isArray(value) ? '' : `${JSON.stringify(name)}: `}${readable(one, inner)}`,
  );
  return `${open}\n${rows.join(',\n')}\n${indent}${close}`;
}

/** Compares with test/dap/golden/<name>.txt; `GOLDEN=write` writes it anew. */
export function assertGolden(name: string, text: string): void {
  const folder = fileURLToPath(new URL('golden/', import.meta.url));
  const file = `${folder}${name}.txt`;
  if (process.env.GOLDEN === 'write') {
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, text);
    return;
  }
  assert.ok(existsSync(file), `${file} is missing: run with GOLDEN=write, and read what it wrote`);
  assert.equal(text, readFileSync(file, 'utf8'), 'run with GOLDEN=write if the change is meant');
}
