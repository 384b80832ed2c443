import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RewindError } from '../../src/errors.ts';
import { languageConfiguration } from '../../src/extension/language-configuration.ts';

const start = (...command: readonly string[]) => ({
  command,
  cwd: '/shop',
  env: { HTTPS_PROXY: 'http://127.0.0.1:1', PATH: '/bin' },
});

test('node starts the very command, so that npm and tsx lead to the agent', () => {
  const made = languageConfiguration({ type: 'node' }, start('npx', 'tsx', 'agent.ts'), { PATH: '/usr/bin' });
  assert.deepEqual(
    [made.type, made.request, made.cwd, made.runtimeExecutable, made.runtimeArgs, made.program],
    ['node', 'launch', '/shop', 'npx', ['tsx', 'agent.ts'], undefined],
  );
  assert.deepEqual(made.env, start().env);
});

test('debugpy is told flags, program and words apart', () => {
  const python = (...words: readonly string[]) => {
    const made = languageConfiguration({ type: 'debugpy' }, start(...words), {});
    const { python, pythonArgs, program, module, args } = made;
    return { python, pythonArgs, program, module, args };
  };
  const none = undefined;
  assert.deepEqual(python('.venv/bin/python', 'agent.py', 'a', '-m'), {
    python: '.venv/bin/python',
    pythonArgs: none,
    program: 'agent.py',
    module: none,
    args: ['a', '-m'],
  });
  assert.deepEqual(python('python3.13', '-u', '-X', 'dev', '-W', 'error', 'agent.py'), {
    python: 'python3.13',
    pythonArgs: ['-u', '-X', 'dev', '-W', 'error'],
    program: 'agent.py',
    module: none,
    args: [],
  });
  assert.deepEqual(python('C:\\Python\\python.exe', '-I', '-m', 'shop.agent', 'x'), {
    python: 'C:\\Python\\python.exe',
    pythonArgs: ['-I'],
    program: none,
    module: 'shop.agent',
    args: ['x'],
  });
});

test("the agent gets the engine's environment and nothing else", () => {
  const own = { PATH: '/usr/bin', EDITOR_SECRET: 'x', UNSET: undefined };
  const node = languageConfiguration({ type: 'node' }, start('node', 'a.js'), own);
  assert.deepEqual(node.env, { ...start().env, EDITOR_SECRET: null, UNSET: null });
  const python = languageConfiguration({ type: 'debugpy' }, start('python', 'a.py'), own);
  assert.deepEqual(python.env, { ...start().env, EDITOR_SECRET: '', UNSET: '' });
});

test("the user's own fields win, but never over the environment, which holds the proxy", () => {
  const wanted = { type: 'node', skipFiles: ['**/vendor/**'], cwd: '/elsewhere', env: { HTTPS_PROXY: '' } };
  const made = languageConfiguration(wanted, start('node', 'a.js'), {});
  assert.deepEqual([made.skipFiles, made.cwd], [['**/vendor/**'], '/elsewhere']);
  assert.deepEqual(made.env, start().env);
});

test('what cannot be run says what can', () => {
  const refused = (type: string, ...command: readonly string[]) => {
    try {
      languageConfiguration({ type }, start(...command), {});
    } catch (error) {
      if (error instanceof RewindError) return error.code;
      throw error;
    }
    return 'nothing';
  };
  assert.equal(refused('lldb', './agent'), 'unknown-debugger');
  assert.equal(refused('debugpy', 'uv', 'run', 'agent.py'), 'not-python');
  assert.equal(refused('debugpy', 'python'), 'not-python');
  assert.equal(refused('debugpy', 'python', '-m'), 'not-python');
  assert.equal(refused('debugpy'), 'not-python');
});
