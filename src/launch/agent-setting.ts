import type { SessionReader } from '../sessions/session.ts';
import type { RunRequest } from '../tape/runner.ts';
import type { Environment } from './child-environment.ts';
import { environmentSecrets } from './environment-secrets.ts';
import { Interception, type InterceptionOptions } from './interception.ts';
import { placeholderKeys } from './placeholder-keys.ts';
import { environmentDigest } from './session-facts.ts';

export interface SettingOptions extends InterceptionOptions {
  /** Recordings that answer in their providers' place: where a key is missing, the agent gets a placeholder. */
  readonly keysFor?: readonly SessionReader[];
}

/** What follows from an agent's environment alone: worked out once for all runs that share it. */
export class AgentSetting {
  /** What the agent would have without us. */
  readonly env: Environment;
  readonly secrets: readonly string[];
  readonly digest: string;
  readonly interception: Interception;

  constructor(options: SettingOptions, env: RunRequest['env']) {
    this.env = { ...process.env, ...env };
    this.secrets = environmentSecrets(this.env);
    this.digest = environmentDigest(this.env);
    const keys = placeholderKeys(options.keysFor ?? [], this.env);
    this.interception = new Interception(options, { ...this.env, ...keys });
  }
}
