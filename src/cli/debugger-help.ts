import { existsSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { bisectSessions } from '../bisect/bisect.ts';
import type { Why } from '../dap/walk-options.ts';
import { RewindError } from '../errors.ts';
import { exportCassette } from '../sessions/cassette-export.ts';
import { openHome } from '../sessions/home.ts';
import { resolveSession } from '../sessions/resolve.ts';
import type { SessionReader } from '../sessions/session.ts';
import { size } from './amounts.ts';
import { loadConfig } from './config.ts';
import { shortId } from './session-line.ts';
import { writeWhole } from './write-whole.ts';

/** Lines of evidence that the debugger's console shows of a cause. */
const FACTS = 4;

/** Why a session went another way than `other` (null: its parent), in a few lines. Throws RewindError. */
export function whyOf(session: SessionReader, other: string | null): Why {
  const { parent } = session.start;
  const reference = other ?? parent?.session;
  if (reference === undefined)
    throw new RewindError(
      'no-parent',
      'This session has no parent to be compared with',
      'Name a session that went well: why <session>.',
    );
  const good = resolveSession(openHome(), reference);
  const config = loadConfig(session.start.cwd || process.cwd());
  const { divergence, causes } = bisectSessions(good, session, config.match);
  const against = `session ${shortId(good.start.id)}`;
  const told = (text: string): Why => ({ text, good: good.start.id });
  if (!divergence) return told(`No divergence: this run does the same as ${against}.`);
  const behaviour = divergence.behaviour === null ? 'none' : `call ${divergence.behaviour}`;
  const lines = [
    `Compared with ${against}: the first divergence is at call ${divergence.step} (behaviour: ${behaviour})`,
    ...causes
      .slice(0, 5)
      .flatMap(({ id, status, step, detail, callSite, evidence }, i) => [
        `${i === 0 ? 'Cause' : 'Also '} ${id} (${status}), call ${step}: ${detail}`,
        ...(callSite ? [`      at ${callSite.file}:${callSite.line} ${callSite.function}`] : []),
        ...(i === 0 ? evidence.facts.slice(0, FACTS).map(fact => `      ${fact}`) : []),
      ]),
    ...(causes.length > 5 ? [`and ${causes.length - 5} more`] : []),
    `rewind bisect ${shortId(good.start.id)} ${shortId(session.start.id)} --full has it all; --verify proves it`,
  ];
  return told(lines.join('\n'));
}

/**
 * Writes a session as a cassette, into folders that are made where they are missing; says where. A folder gets a file named
 * after the session. Paths begin where the agent ran, if that is on this machine. Throws RewindError `cannot-write`.
 */
export function exportFromDebugger(session: SessionReader, file: string | null): string {
  const { cwd, name, id } = session.start;
  const named = `${(name ?? shortId(id)).replaceAll(/[/\\]/g, '-')}.rw`;
  const given = (file ?? named).replace(/^~(?=[/\\]|$)/, () => homedir());
  const wanted = resolve(isFolder(cwd) ? cwd : '.', given);
  const path = /[/\\]$/.test(given) || isFolder(wanted) ? join(wanted, named) : wanted;
  const folder = dirname(path);
  const made = isFolder(folder) ? '' : `, in the new folder ${folder}`;
  const pieces = exportCassette(session);
  writeWhole(path, pieces);
  return `Exported to ${path} (${size(pieces.reduce((sum, { length }) => sum + length, 0))})${made}`;
}

const isFolder = (path: string): boolean => existsSync(path) && statSync(path).isDirectory();
