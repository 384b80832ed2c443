import { spawn } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Oracle } from '../mutate/observation.ts';
import { temporaryFolder } from '../sessions/temporary-folder.ts';

const LONGEST_MS = 300_000;

/** A shell command that judges a run, by git bisect's protocol: 0 passes, 125 cannot say, anything else fails. */
export function shellOracle(command: string): Oracle {
  return async ({ cwd, result, stdout }) => {
    const folder = temporaryFolder('oracle');
    try {
      const output = join(folder, 'stdout');
      writeFileSync(output, stdout);
      const child = spawn(command, {
        cwd,
        shell: true,
        timeout: LONGEST_MS,
        stdio: ['ignore', 'pipe', 'pipe'],
        env: {
          ...process.env,
          REWIND_STDOUT: output,
          REWIND_EXIT_CODE: String(result.exitCode ?? ''),
          REWIND_SESSION: result.session.start.id,
        },
      });
      let said = '';
      const hear = (text: string): void => {
        said = (said + text).slice(-4_000);
      };
      child.stdout.setEncoding('utf8').on('data', hear);
      child.stderr.setEncoding('utf8').on('data', hear);
      const code = await new Promise<number | null>((resolve, reject) => {
        child.on('error', reject);
        child.on('close', resolve);
      });
      const last = said.trim().split('\n').at(-1)?.slice(0, 120) ?? '';
      return { passed: code === 0, skipped: code === 125, said: last || `exit ${code}` };
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  };
}
