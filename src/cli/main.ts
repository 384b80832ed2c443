#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { RewindError } from '../errors.ts';
import { VERSION } from '../version.ts';
import { COMMANDS } from './command-table.ts';
import { examples } from './examples.ts';
import { EXIT } from './exit-codes.ts';
import { quietPipes } from './quiet-pipes.ts';
import { reportError } from './report-error.ts';
import { out } from './terminal.ts';
import { printTopic, TOPICS } from './topics.ts';

const WRAPPERS: ReadonlySet<string> = new Set(['record', 'replay', 'fork']);

/** Runs the command line; the exit code is in `process.exitCode`. */
export async function main(argv: readonly string[]): Promise<void> {
  quietPipes();
  const [first, second] = argv.filter(word => !word.startsWith('-'));
  const wanted = first === 'help' ? second : first;
  if (first === 'help' && printTopic(second)) return;
  const program = makeProgram();
  let active: Command | undefined;
  try {
    for (const { name, summary, group, load } of COMMANDS) {
      const command = program.command(name).summary(summary).description(sentence(summary)).helpGroup(group);
      if (name !== wanted) continue;
      (await load()).define(command);
      active = command;
    }
    if (argv.length === 0 || (first === 'help' && second === undefined)) return program.outputHelp();
    await program.parseAsync(first === 'help' ? [second!, ...(active ? ['--help'] : [])] : argv, {
      from: 'user',
    });
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return;
    const wrapper = WRAPPERS.has(wanted ?? '');
    const code = reportError(asKnown(error, active), asksForJson(argv, active));
    process.exitCode =
      wrapper && code === EXIT.failed && !(error instanceof CommanderError) ? wrapperCode(error) : code;
  }
}

function makeProgram(): Command {
  const program = new Command('rewind')
    .description(
      'Time-travel debugger for AI agents: record, replay, inspect and compare the LLM calls of any agent.',
    )
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand(false)
    .enablePositionalOptions()
    .exitOverride()
    .configureHelp({ showGlobalOptions: false, helpWidth: Math.min(100, out.width) })
    .configureOutput({ outputError: () => undefined });
  examples(program, [
    ['rewind record python agent.py', 'run an agent, record its calls'],
    ['rewind replay latest', 'the same run again, offline and free'],
    ['rewind inspect latest', 'what it did, step by step'],
  ]);
  return program.addHelpText('after', `\nMore: rewind help <command> | ${TOPICS.join(' | ')}`);
}

/** Commander's own complaints, in our form. */
function asKnown(error: unknown, active: Command | undefined): unknown {
  if (!(error instanceof CommanderError)) return error;
  const [message = '', ...rest] = error.message.replace(/^error: /, '').split('\n');
  const meant = rest.join(' ').replace(/^\((.*)\)$/, '$1');
  const help = `See \`rewind ${active ? `${active.name()} ` : ''}--help\`.`;
  return new RewindError('usage', message, meant ? `${meant} ${help}` : help);
}

function asksForJson(argv: readonly string[], active: Command | undefined): boolean {
  if (['json', 'jsonLines'].some(name => active?.getOptionValue(name) === true)) return true;
  // A command line that could not be parsed. After `record`, what follows the command is the command's own.
  if (active?.name() === 'record') return false;
  const end = argv.indexOf('--');
  return argv.slice(0, end < 0 ? argv.length : end).includes('--json');
}

function wrapperCode(error: unknown): number {
  const code = error instanceof RewindError ? error.code : '';
  if (code === 'command-not-found') return EXIT.notFound;
  return code === 'command-not-executable' ? EXIT.notExecutable : EXIT.wrapper;
}

const sentence = (summary: string): string =>
  `${summary[0]!.toUpperCase()}${summary.slice(1)}${/[.?]$/.test(summary) ? '' : '.'}`;

await main(process.argv.slice(2));
