// `npm test`: all tests, or those of the files that are named. Options of `node --test` are handed on (`--name=value`).
import { spawnSync } from 'node:child_process';

const given = process.argv.slice(2);
const files = given.filter(word => !word.startsWith('-'));
const options = given.filter(word => word.startsWith('-'));
const { status } = spawnSync(
  process.execPath,
  [
    '--test',
    '--test-concurrency=2',
    '--test-timeout=420000',
    ...options,
    ...(files.length > 0 ? files : ['test/**/*.test.ts']),
  ],
  { stdio: 'inherit' },
);
process.exitCode = status ?? 1;
