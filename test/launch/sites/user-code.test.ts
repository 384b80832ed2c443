import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, mkdir, realpath, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { SiteBench } from './site-run.ts';

const url = 'https://api.openai.com/v1/chat/completions?case=x';

describe('what is the user’s own code', () => {
  let bench: SiteBench;
  let folder: string;
  before(async () => {
    bench = await SiteBench.open();
    folder = await realpath(bench.folder);
  });
  after(() => bench.close());

  const file = async (name: string, ...lines: string[]): Promise<string> => {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, `${lines.join('\n')}\n`);
    return path;
  };
  const places = async (...run: Parameters<SiteBench['run']>): Promise<readonly string[] | undefined> => {
    const { calls, stderr } = await bench.run(...run);
    assert.equal(calls.length, 1, stderr);
    return calls[0]?.site?.frames.map(({ file, line }) => `${file.slice(folder.length + 1)}:${line}`);
  };

  test('Node: packages are not, unless included; own folders are, unless ignored', async () => {
    const call = `exports.call = () => fetch('${url}', { method: 'POST', body: '{}' });`;
    await file('node_modules/@corp/agent/lib/index.cjs', call);
    await file('framework/core/run.cjs', "exports.run = () => require('@corp/agent/lib/index.cjs').call();");
    const main = await file('main.cjs', '', "require('./framework/core/run.cjs').run();");
    const command = [process.execPath, main];
    const [agent, framework, own] = [
      'node_modules/@corp/agent/lib/index.cjs:1',
      'framework/core/run.cjs:1',
      'main.cjs:2',
    ];
    const found = (userCode: object) => places(command, { runner: { userCode } });
    assert.deepEqual(await found({}), [framework, own]);
    assert.deepEqual(await found({ include: ['node_modules/@corp'] }), [agent, framework, own]);
    assert.deepEqual(await found({ ignore: ['framework/'] }), [own]);
    assert.deepEqual(await found({ ignore: ['frame', 'work/core'] }), [framework, own], 'whole names only');
    assert.deepEqual(await found({ ignore: ['frame*/**/run.cjs'] }), [own]);
    assert.deepEqual(await found({ include: ['@corp/**'], ignore: ['**/lib'] }), [framework, own]);
    assert.deepEqual(await found({ ignore: [join(folder, 'framework')] }), [own], 'from the root');
    const env = { REWIND_SITES_IGNORE: 'framework' };
    assert.deepEqual(await places(command, { env }), [own], 'the environment says it too');
  });

  test('Node: an agent that is itself a package is the user’s own, its dependencies are not', async () => {
    await file(
      'node_modules/its-client/index.js',
      `exports.call = async () => fetch('${url}', { method: 'POST', body: '{}' });`,
    );
    const main = await file('node_modules/agent/bin/run.js', '', "require('its-client').call();");
    assert.deepEqual(await places([process.execPath, main]), ['node_modules/agent/bin/run.js:2']);
  });

  test('Python: a virtual environment, a console script and its package, an own sitecustomize', async () => {
    const { stdout } = await promisify(execFile)('python3', [
      '-c',
      `import sys, venv; venv.create(${JSON.stringify(join(folder, 'venv'))}, symlinks=True)
print("lib/python%d.%d/site-packages" % sys.version_info[:2])`,
    ]);
    const packages = `venv/${stdout.trim()}`;
    const python = join(folder, 'venv/bin/python');
    await file(
      `${packages}/my_agent/cli.py`,
      'from urllib.request import Request, urlopen',
      'def main():',
      `    urlopen(Request("${url}", data=b'{"messages":[{"role":"user","content":"x"}]}', headers={"authorization": "Bearer x"}))`,
    );
    await file(`${packages}/sitecustomize.py`, 'import sys', 'sys.theirs = True');
    const script = await file(
      'venv/bin/my-agent',
      `#!${python}`,
      'import sys',
      'from my_agent.cli import main',
      'assert sys.theirs',
      'main()',
    );
    await chmod(script, 0o755);
    const [inside, entry] = [`${packages}/my_agent/cli.py:3`, 'venv/bin/my-agent:5'];
    const found = (userCode: object) => places([script], { runner: { userCode } });
    assert.deepEqual(await found({}), [entry]);
    assert.deepEqual(await found({ include: ['site-packages/my_agent'] }), [inside, entry]);
    assert.deepEqual(await found({ include: ['site-packages/my_agent'], ignore: ['venv/bin'] }), [inside]);
    assert.deepEqual(await found({ include: ['site-packages/*_agent/*.py'] }), [inside, entry]);
    for (const flag of ['-I', '-S', '-E']) {
      const isolated = `import sys; sys.path.append(${JSON.stringify(join(folder, packages))}); from my_agent.cli import main; main()`;
      assert.equal(
        await places([python, flag, '-c', isolated]),
        undefined,
        `${flag} leaves the hook out, and with it the site; the call is recorded`,
      );
    }
  });
});
