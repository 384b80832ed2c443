/**
 * Mutants a minute, against as many bare runs of the agent: one by one, and as many side by side as mutate takes. And what a
 * mutant costs beyond its agent's process, as CPU time, which other load on the machine disturbs less than the clock.
 *
 *     node bench/mutate.ts [count] [node] [python]
 *
 * The agents are those of the tests: OpenAI's SDK in Node (three streamed calls, two tools), and langchain-openai in Python,
 * whose import takes longer than all the rest; bare runs ask the embedded provider directly, over plain HTTP.
 */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { startEmulator } from '../src/emulator/emulator.ts';
import { checkScript } from '../src/emulator/script.ts';
import type { SessionReader } from '../src/sessions/session.ts';
import { Lab, python, SCRIPT } from '../test/mutate/lab.ts';

interface Cost {
  readonly name: string;
  readonly wallMs: number;
  /** CPU milliseconds of this process and the one that starts agents for it, and of the agents. */
  readonly own: number;
  readonly agents: number;
}

const count = Number(process.argv[2] ?? 24);
const languages = process.argv.slice(3);
const wanted = (language: string): boolean => languages.length === 0 || languages.includes(language);
const jobs = availableParallelism();
/** A fault after which the agent does what it does unbroken, so that the runs are alike: it asks once more. */
const FAULT = 'rate-limit-once';
const lab = new Lab();
const emulator = await startEmulator({ script: checkScript(SCRIPT) });

try {
  if (wanted('node')) await compare('Node, OpenAI SDK', await lab.record('careful'));
  if (wanted('python') && existsSync(python))
    await compare('Python, langchain-openai', await lab.record('langchain', 'python'));
} finally {
  await emulator.close();
  lab.close();
}

async function compare(title: string, session: SessionReader): Promise<void> {
  const oneByOne = await costOf('bare, one by one', async () => {
    for (let i = 0; i < count; i++) await bare(session.start.command);
  });
  const sideBySide = await costOf('bare, side by side', async () => {
    let left = count;
    const worker = async (): Promise<void> => {
      while (left-- > 0) await bare(session.start.command);
    };
    await Promise.all(Array.from({ length: jobs }, worker));
  });
  const costs = [oneByOne, sideBySide, await mutants('mutants', session, false)];
  if (title.startsWith('Python')) costs.push(await mutants('mutants, kept', session, true));

  console.log(`\n${title}: ${count} runs, ${jobs} side by side`);
  console.log('                     a minute   × one by one   agents   rewind   (CPU ms a run)');
  for (const { name, wallMs, own, agents } of costs) {
    const cells = [
      ((count * 60_000) / wallMs).toFixed(0).padStart(8),
      (oneByOne.wallMs / wallMs).toFixed(1).padStart(14),
      (agents / count).toFixed(0).padStart(8),
      (own / count).toFixed(0).padStart(8),
    ];
    console.log(`${name.padEnd(20)} ${cells.join(' ')}`);
  }
}

/** From the first mutant on: the unbroken runs before are paid once. Making processes to start from is counted. */
async function mutants(name: string, session: SessionReader, keep: boolean): Promise<Cost> {
  const ids = Array.from({ length: count }, (_, i) => `${FAULT}@${(i % 3) * 2}`);
  let begun = snapshot();
  let cost: Cost | undefined;
  const report = await lab.mutate(session, ids, {
    keep,
    onProgress: ({ done, total }) => {
      if (done === 0) begun = snapshot();
      // Before what starts agents is gone, and counts as one of them.
      if (done === total) cost = costSince(name, begun);
    },
  });
  if (!cost || report.mutants.length !== count)
    throw new Error(`${report.mutants.length} of ${count} were run`);
  return cost;
}

async function costOf(name: string, work: () => Promise<void>): Promise<Cost> {
  const begun = snapshot();
  await work();
  return costSince(name, begun);
}

function bare([file = '', ...args]: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, OPENAI_BASE_URL: `${emulator.url}/v1`, OPENAI_API_KEY: 'sk-test' };
    const child = spawn(file, args, { cwd: lab.workspace, env, stdio: 'ignore' });
    child.on('error', reject);
    child.on('close', code => (code === 0 ? resolve() : reject(new Error(`exit ${code}`))));
  });
}

/**
 * Linux's own account: clock ticks are 10 ms. Agents are our children that have ended, or those of our child that starts them.
 * Processes that a kept one forked are nobody's, and not in it.
 */
function snapshot(): Omit<Cost, 'name'> {
  const helpers = readFileSync(`/proc/self/task/${process.pid}/children`, 'latin1')
    .split(' ')
    .filter(Boolean);
  const sum = { own: 0, agents: 0 };
  for (const pid of ['self', ...helpers]) {
    const [user = 0, system = 0, ended = 0, endedSystem = 0] = readFileSync(`/proc/${pid}/stat`, 'latin1')
      .split(') ')
      .at(-1)!
      .split(' ')
      .slice(11, 15)
      .map(Number);
    sum.own += (user + system) * 10;
    sum.agents += (ended + endedSystem) * 10;
  }
  return { wallMs: performance.now(), ...sum };
}

function costSince(name: string, begun: Omit<Cost, 'name'>): Cost {
  const now = snapshot();
  return {
    name,
    wallMs: now.wallMs - begun.wallMs,
    own: now.own - begun.own,
    agents: now.agents - begun.agents,
  };
}
