import { accessSync, constants, statSync } from 'node:fs';
import { type ParentProxy, parentProxyFrom } from '../proxy/parent-proxy.ts';
import { type Environment, userCaFiles } from './child-environment.ts';
import { systemCaFile } from './trust-files.ts';

/** How Rewind itself reaches the providers: as the agent would have, by the user's environment. */
export interface NetworkOptions {
  readonly parentProxy?: ParentProxy;
  readonly trustedCaFiles: readonly string[];
}

/** For `Upstream` and `startProxy`: the proxy that the environment names, the CAs that it and the system trust. */
export function networkFrom(env: Environment): NetworkOptions {
  const parentProxy = parentProxyFrom(env);
  const { adding, replacing } = userCaFiles(env);
  const system = systemCaFile();
  const files = [...new Set([...adding, ...replacing, ...(system ? [system] : [])])];
  return { ...(parentProxy ? { parentProxy } : {}), trustedCaFiles: files.filter(isReadableFile) };
}

function isReadableFile(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
