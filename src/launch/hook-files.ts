import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RewindError } from '../errors.ts';

/** What is loaded into agents. */
export interface HookFiles {
  /** Node: `--require` this file. */
  readonly node: string;
  /** Python: put this folder on PYTHONPATH. */
  readonly pythonFolder: string;
}

/** Beside the bundle (`dist/hooks`, one level up from its chunks), or in the source tree. */
export function hookFiles(): HookFiles {
  const here = fileURLToPath(new URL('.', import.meta.url));
  const layouts = [
    [join(here, 'hooks/node'), join(here, 'hooks/python')],
    [join(here, '../hooks/node'), join(here, '../hooks/python')],
    [join(here, 'hooks'), join(here, '../../python/rewind_hook')],
  ] as const;
  for (const [nodeFolder, pythonFolder] of layouts) {
    const node = join(nodeFolder, 'node-hook.cjs');
    if (existsSync(node) && existsSync(join(pythonFolder, 'sitecustomize.py'))) return { node, pythonFolder };
  }
  throw new RewindError(
    'hooks-missing',
    `The hook files that belong beside ${here} are missing`,
    'Install Rewind again, or run `npm run build`.',
  );
}
