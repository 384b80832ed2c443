import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './round-trip.ts';

/** The interpreter that tests run agents with: `.venv` at the root, with the packages of requirements-test.txt. */
export const PYTHON = join(
  ROOT,
  process.platform === 'win32' ? '.venv/Scripts/python.exe' : '.venv/bin/python',
);

let missing: ReadonlySet<string> | undefined;

/** Why a test of these packages cannot run; undefined where they are all there. */
export function withoutPackages(...packages: readonly string[]): string | undefined {
  if (!existsSync(PYTHON)) return 'no .venv/bin/python at the root';
  missing ??= findMissing();
  const absent = packages.filter(name => missing!.has(name));
  return absent.length > 0 ? `not installed in .venv: ${absent.join(', ')}` : undefined;
}

const ALL = [
  'openai',
  'anthropic',
  'google.genai',
  'httpx',
  'h2',
  'requests',
  'aiohttp',
  'litellm',
  'langchain_openai',
  'boto3',
  'mcp',
  'mypy',
];

/** One process for all: starting Python costs more than looking. */
function findMissing(): ReadonlySet<string> {
  const code = `
import importlib.util, sys
for name in sys.argv[1:]:
    try:
        found = importlib.util.find_spec(name)
    except ModuleNotFoundError:
        found = None
    if found is None: print(name)`;
  const { stdout, status, stderr } = spawnSync(PYTHON, ['-c', code, ...ALL], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`Python cannot say which packages it has: ${stderr}`);
  return new Set(stdout.split('\n').filter(line => line !== ''));
}
