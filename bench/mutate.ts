/**
 * Mutants a minute, against the same number of bare runs of the agent: one by one, and as many side by side as mutate takes.
 *
 *     node bench/mutate.ts [count]
 *
 * The agent is the one of the tests (OpenAI's SDK, three streamed calls, two tools); bare runs ask the embedded provider directly.
 */
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { startEmulator } from '../src/emulator/emulator.ts';
import { checkScript } from '../src/emulator/script.ts';
import { Lab, SCRIPT } from '../test/mutate/lab.ts';

const count = Number(process.argv[2] ?? 24);
const jobs = availableParallelism();
const agent = fileURLToPath(new URL('../test/mutate/agents/refunds.mjs', import.meta.url));

const lab = new Lab();
const emulator = await startEmulator({ script: checkScript(SCRIPT) });
try {
  const session = await lab.record('careful');
  const bare = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const env = { ...process.env, OPENAI_BASE_URL: `${emulator.url}/v1`, OPENAI_API_KEY: 'sk-test' };
      const child = spawn(process.execPath, [agent, 'careful'], { cwd: lab.workspace, env, stdio: 'ignore' });
      child.on('error', reject);
      child.on('close', code => (code === 0 ? resolve() : reject(new Error(`exit ${code}`))));
    });
  const oneByOne = await timed(async () => {
    for (let i = 0; i < count; i++) await bare();
  });
  const sideBySide = await timed(async () => {
    let left = count;
    await Promise.all(
      Array.from({ length: jobs }, async () => {
        while (left-- > 0) await bare();
      }),
    );
  });
  // Faults after which the agent does what it does unbroken, so that the runs are alike.
  const alike = ['stream-resliced@0', 'stream-resliced@2', 'stream-resliced@4'];
  const ids = Array.from({ length: count }, (_, i) => alike[i % alike.length]!);
  let begun = 0;
  const report = await lab.mutate(session, ids, {
    onProgress: ({ done }) => {
      if (done === 0) begun = performance.now();
    },
  });
  const mutants = performance.now() - begun;
  const perMinute = (ms: number): string => ((count * 60_000) / ms).toFixed(0).padStart(5);
  console.log(`${count} runs, ${jobs} side by side, ${report.mutants.length} judged`);
  console.log(`bare, one by one    ${perMinute(oneByOne)} a minute`);
  console.log(`bare, side by side  ${perMinute(sideBySide)} a minute`);
  console.log(
    `mutants             ${perMinute(mutants)} a minute, ${((mutants / sideBySide - 1) * 100).toFixed(0)} % over bare side by side`,
  );
} finally {
  await emulator.close();
  lab.close();
}

async function timed(work: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}
