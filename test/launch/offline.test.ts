import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Bench } from './agent-run.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const venv = `${root}.venv/bin/python`;
const driver = fileURLToPath(new URL('replay-offline.ts', import.meta.url));

/** A shell in which no host but this machine exists. */
const isolated = ['unshare', '--net', 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh'];
const able = spawnSync(isolated[0]!, [...isolated.slice(1), 'true']).status === 0;

describe('a replay never touches the network', {
  skip: able ? false : 'network namespaces need root and iproute2',
}, () => {
  let bench: Bench;
  before(async () => {
    bench = await Bench.open();
  });
  after(() => bench.close());

  const agents: Readonly<Record<string, { name: string; text: string; program: string }>> = {
    'Node, clients that ignore proxy variables included': {
      name: 'offline.mjs',
      program: process.execPath,
      text: `import https from 'node:https';
        const url = 'https://api.openai.com/v1/chat/completions';
        const ask = n => JSON.stringify({ model: 'x', messages: [{ role: 'user', content: 'question ' + n }] });
        console.log((await (await fetch(url, { method: 'POST', body: ask(1) })).json()).id);
        await new Promise((done, failed) => {
          const agent = new https.Agent();
          const request = https.request(url, { method: 'POST', agent }, r => { console.log(r.statusCode); r.resume(); r.on('end', done); });
          request.on('error', failed);
          request.end(ask(2));
        });`,
    },
    'Python, aiohttp without trust_env included': {
      name: 'offline.py',
      program: venv,
      text: `import asyncio, aiohttp, httpx
url = "https://api.openai.com/v1/chat/completions"
ask = lambda n: {"model": "x", "messages": [{"role": "user", "content": "question %d" % n}]}
print(httpx.post(url, json=ask(1)).json()["id"])
async def main():
    async with aiohttp.ClientSession() as session:
        async with session.post(url, json=ask(2)) as response: print(response.status)
asyncio.run(main())
`,
    },
  };

  for (const [title, { name, program, text }] of Object.entries(agents)) {
    test(title, async t => {
      if (!existsSync(program)) return t.skip(`no ${program}`);
      const file = join(bench.folder, name);
      await writeFile(file, text);
      const recorded = await bench.run([program, file]);
      assert.equal(recorded.stdout, 'chatcmpl-1\n200\n', recorded.stderr);
      const provider = bench.seen.length;

      const words = [
        ...isolated,
        process.execPath,
        driver,
        bench.home,
        recorded.session.start.id,
        program,
        file,
      ];
      const { stdout, stderr } = spawnSync(words[0]!, words.slice(1), {
        cwd: bench.folder,
        encoding: 'utf8',
      });
      const replayed = JSON.parse(stdout || JSON.stringify(stderr)) as unknown;
      assert.deepEqual(replayed, {
        stdout: recorded.stdout,
        stderr: '',
        labels: ['EXACT', 'EXACT'],
        exit: 0,
      });
      assert.equal(bench.seen.length, provider);
    });
  }
});
