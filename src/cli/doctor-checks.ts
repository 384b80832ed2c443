import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { accessSync, constants, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { RewindError } from '../errors.ts';
import { openHome } from '../sessions/home.ts';
import { openAuthority } from './authority.ts';
import { loadConfig } from './config.ts';

/** One thing that has to be right on this machine. */
export interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
  /** What to do where it is not. */
  readonly advice?: string;
}

export const checks: readonly (() => Check | Promise<Check>)[] = [
  checkConfiguration,
  checkHome,
  checkPort,
  checkAuthority,
];

function checkConfiguration(): Check {
  return attempt('configuration', () => loadConfig(process.cwd()).file ?? 'none');
}

function checkHome(): Check {
  return attempt('home', () => {
    const { path } = openHome();
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK);
    const mode = statSync(path).mode & 0o777;
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      throw new RewindError(
        'home-open',
        `${path} can be read by other users (mode ${mode.toString(8)})`,
        `chmod 700 ${path}`,
      );
    }
    return `${path}, writable, ${mode.toString(8)}`;
  });
}

async function checkPort(): Promise<Check> {
  const server = createServer();
  try {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return { name: 'port', ok: true, detail: 'a port of 127.0.0.1 can be listened on' };
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return {
      name: 'port',
      ok: false,
      detail,
      advice: 'Look for a firewall or sandbox that forbids listening.',
    };
  } finally {
    server.close();
  }
}

function checkAuthority(): Check {
  return attempt('certificate', () => {
    const remarks: string[] = [];
    const ca = openAuthority(openHome(), loadConfig(process.cwd()).hosts, message => remarks.push(message));
    const { validTo } = new X509Certificate(ca.cert);
    return [`valid until ${new Date(validTo).toISOString().slice(0, 10)}`, ...remarks].join('; ');
  });
}

function attempt(name: string, look: () => string): Check {
  try {
    return { name, ok: true, detail: look() };
  } catch (error) {
    if (error instanceof RewindError) return { name, ok: false, detail: error.message, advice: error.hint };
    return { name, ok: false, detail: error instanceof Error ? error.message : String(error) };
  }
}
