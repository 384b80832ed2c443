import type { Environment } from './child-environment.ts';

/** `OPENAI_API_KEY`, `HF_TOKEN`, `AWS_SECRET_ACCESS_KEY`, `DB_PASSWORD` … */
const SECRET_NAME = /(?:^|_)(?:(?:API|ACCESS|SECRET)_?KEY(?:_ID)?|API_?TOKEN|TOKEN|SECRET|PASSWORD)$/i;

/**
 * The values of the agent's variables that hold credentials by their name, so that they are masked from the first byte of
 * output on, before any request has shown them in a credential position.
 */
export function environmentSecrets(env: Environment): readonly string[] {
  return Object.entries(env).flatMap(([name, value]) => (value && SECRET_NAME.test(name) ? [value] : []));
}
