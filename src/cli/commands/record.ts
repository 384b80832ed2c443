import type { Command } from 'commander';
import { createRunner } from '../../launch/runner.ts';
import { summarise } from '../../sessions/summary.ts';
import { loadConfig } from '../config.ts';
import { examples } from '../examples.ts';
import { shellCode } from '../exit-codes.ts';
import { giveJson } from '../json-output.ts';
import { Notices } from '../notices.ts';
import { type RunOptions, runnerOptions, runOptions } from '../run-options.ts';
import { safeLine } from '../safe-text.ts';
import { sessionJson } from '../session-json.ts';
import { sessionLine } from '../session-line.ts';
import { err } from '../terminal.ts';
import { trafficOf } from '../traffic.ts';

interface Options extends RunOptions {
  readonly allHttp?: boolean;
}

export function define(command: Command): void {
  command
    .usage('[options] [--] <command…>')
    .argument('<command...>', 'program and its arguments; options behind it are its own')
    .passThroughOptions()
    .option('-n, --name <name>', 'a name for the session')
    .option('--all-http', 'record every HTTP exchange, not only LLM calls')
    .action(record);
  examples(runOptions(command), [
    ['rewind record python my_agent.py --its-own-flag', 'any command, as you would type it'],
    ['rewind record --name refund npx tsx agent.ts', 'named'],
    ['rewind record --upstream api.openai.com=http://localhost:4000 pytest', 'through a gateway'],
    ['rewind record --json-out run.json -- node agent.mjs', 'for scripts: session.id is in the file'],
  ]);
}

async function record(words: readonly string[], options: Options): Promise<void> {
  const config = loadConfig(process.cwd());
  const traffic = trafficOf(options, config);
  const upstream = traffic.upstream();
  const notices = new Notices();
  const runner = createRunner({
    ...traffic.runner,
    ...runnerOptions(options),
    mode: 'record',
    scope: options.allHttp ? 'all-http' : 'llm',
    onNotice: message => notices.add(message),
  });
  try {
    const result = await runner.run({
      command: words,
      cwd: process.cwd(),
      responder: upstream,
      named: () => upstream,
      stdio: 'inherit',
      ...(options.name === undefined ? {} : { name: options.name }),
    });
    process.exitCode = shellCode(result.exitCode, result.exitSignal);
    const summary = summarise(result.session, config.prices);
    if (!options.quiet) {
      notices.print();
      for (const part of result.named)
        err.line(
          `Captured ${safeLine(part.start.name ?? '')}: ${sessionLine(summarise(part, config.prices), err.colours)}`,
        );
      err.line(`Captured ${sessionLine(summary, err.colours)}`);
      if (summary.calls === 0 && result.named.length === 0) err.line(nothingCaptured(result.session.length));
    }
    giveJson(options, () => ({
      session: sessionJson(summary),
      sessions: result.named.map(part => sessionJson(summarise(part, config.prices))),
      exitCode: result.exitCode,
      exitSignal: result.exitSignal,
      warnings: notices.list(),
    }));
  } finally {
    await upstream.close();
  }
}

function nothingCaptured(exchanges: number): string {
  const c = err.colours;
  const seen = exchanges > 0 ? `${exchanges} HTTP exchanges were seen, none of them a call to a model. ` : '';
  return c.yellow(
    `${seen}If the command did call a model: \`rewind doctor\` checks how its runtime is reached, --base-urls helps clients ` +
      'that ignore proxies, and "hosts" in rewind.config.json adds a provider that Rewind does not know.',
  );
}
