import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AgentProcess } from '../../src/launch/agent-process.ts';
import { PipeStock } from '../../src/launch/named-pipe.ts';
import { Starter } from '../../src/launch/starter.ts';

const folder = mkdtempSync(join(tmpdir(), 'rewind-starter-'));
const pipes = new PipeStock(folder);
after(() => rmSync(folder, { recursive: true, force: true }));

interface Started {
  readonly agent: AgentProcess;
  readonly said: Record<'stdout' | 'stderr', string>;
}

async function start(starter: Starter, script: string, file = process.execPath): Promise<Started> {
  const said = { stdout: '', stderr: '' };
  const agent = await starter.start({
    file,
    command: ['agent', '-e', script],
    cwd: folder,
    env: { PATH: process.env.PATH ?? '', COLOUR: 'red' },
    pipes,
    onOutput: (stream, bytes) => {
      said[stream] += Buffer.from(bytes).toString('utf8');
    },
  });
  return { agent, said };
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

async function goes(pid: number): Promise<void> {
  while (isAlive(pid)) await sleep(20);
}

test('an agent has its folder, name, environment and streams, and its end is told', async () => {
  const starter = new Starter();
  try {
    const script = `console.log(process.cwd(), process.argv0, process.env.COLOUR); console.error('so'); process.exitCode = 3`;
    const runs = await Promise.all([start(starter, script), start(starter, script)]);
    for (const { agent, said } of runs) {
      assert.deepEqual(await agent.ended, { code: 3, signal: null });
      assert.deepEqual(said, { stdout: `${folder} agent red\n`, stderr: 'so\n' });
    }
    const { agent } = await start(starter, 'setInterval(() => 0, 1000)');
    agent.kill('SIGTERM');
    assert.deepEqual(await agent.ended, { code: null, signal: 'SIGTERM' });
  } finally {
    await starter.close();
  }
});

test('what cannot be started is said as ever', async () => {
  const starter = new Starter();
  try {
    const text = join(folder, 'text');
    writeFileSync(text, 'no program');
    await assert.rejects(start(starter, '', text), { code: 'command-not-executable' });
    await assert.rejects(start(starter, '', join(folder, 'none')), { code: 'command-not-found' });
  } finally {
    await starter.close();
  }
});

test('agents that run end with it, also where it was killed, and the next run finds another', async () => {
  const starter = new Starter();
  const { agent } = await start(starter, 'setInterval(() => 0, 1000)');
  await starter.close();
  await goes(agent.pid);

  const second = await start(starter, `console.log(process.ppid); setInterval(() => 0, 1000)`);
  while (second.said.stdout === '') await sleep(20);
  process.kill(Number(second.said.stdout), 'SIGKILL');
  await assert.rejects(second.agent.ended, /the process that starts agents has ended/);
  process.kill(second.agent.pid, 'SIGKILL');
  const third = await start(starter, '');
  assert.deepEqual(await third.agent.ended, { code: 0, signal: null });
  await starter.close();
});
