import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { hookFiles } from '../../src/launch/hook-files.ts';
import { findRuntimes } from '../../src/launch/runtimes.ts';
import { HOSTS, hostPatterns, isInterceptedHost, localHostPatterns } from '../../src/providers/hosts.ts';
import { parseCallSite } from '../../src/wire/call-site.ts';
import { Bench, testRuntimeFolders } from './agent-run.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const venv = `${root}.venv/bin/python`;
const python = existsSync(venv) ? venv : 'python3';
const call = `fetch('https://api.openai.com/v1/x', { method: 'POST', body: '{}' })`;

describe('hooks change nothing but the route', () => {
  let bench: Bench;
  before(async () => {
    bench = await Bench.open();
  });
  after(() => bench.close());

  const file = async (name: string, text: string): Promise<string> => {
    const path = join(bench.folder, name);
    await writeFile(path, text);
    return path;
  };

  test('Node: what a program can see of itself is the same with and without the hook', async t => {
    const script = await file(
      'visible.cjs',
      `const { inspect } = require('node:util');
       const net = require('node:net'), http = require('node:http'), https = require('node:https'), tls = require('node:tls');
       const https2 = import('node:https');
       (async () => {
         const pending = new Promise(() => {});
         const chained = Promise.resolve(1).then(() => 2);
         await chained;
         console.log(inspect(require('node:vm').runInNewContext('[Promise.resolve(1).then(x => x), (async () => {})()]')));
         const shape = f => [f.name, f.length];
         console.log(inspect([pending, chained, Object.keys(Promise.resolve())], { showHidden: false }));
         console.log(inspect([fetch, net.Socket.prototype.connect, http.request, http.get, https.get, tls.createSecureContext].map(shape)));
         console.log((await https2).request === https.request, Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace'));
         console.log(process.execArgv, Object.keys(globalThis), process.listenerCount('warning'), process.eventNames());
         try { null.x } catch (error) { console.log(error.stack.split('\\n').slice(0, 2).join()) }
         const limit = Error.stackTraceLimit;
         Error.prepareStackTrace = (e, frames) => 'mine ' + frames.filter(f => f.getFileName() === __filename).length;
         const own = new Error('x').stack;
         await Promise.resolve();
         console.log(own, new Error('y').stack, limit, Error.stackTraceLimit);
       })();`,
    );
    const nodes = (await findRuntimes({ cwd: root, folders: testRuntimeFolders() })).filter(
      ({ id }) => id === 'node',
    );
    for (const node of nodes) {
      await t.test(node.version, async () => {
        const bare = await bench.run([
          'env',
          '-u',
          'NODE_OPTIONS',
          '-u',
          'NODE_USE_ENV_PROXY',
          node.file,
          script,
        ]);
        const hooked = await bench.run([node.file, script]);
        assert.equal(bare.exitCode, 0, bare.stderr);
        assert.equal(hooked.stdout, bare.stdout);
        assert.equal(hooked.stderr, bare.stderr);
      });
    }
  });

  test('Node: a worker prints what it prints, also where its stderr is read', async t => {
    const script = await file(
      'worker.cjs',
      `const { Worker, isMainThread, workerData } = require('node:worker_threads');
       if (isMainThread) {
         let read = '';
         const said = new Worker(__filename, { workerData: 'é' });
         said.on('exit', () => {
           const silent = new Worker('');
           const kept = new Worker(__filename, { workerData: 'ü', stderr: true });
           kept.stderr.on('data', piece => { read += piece; });
           kept.on('exit', () => console.log(JSON.stringify(read)));
         });
       } else {
         process.stderr.write('(node:1) [UNDICI' + workerData);
         process.stderr.write('\\n(node:1) [UNDICI-EHPA] Warning: my own\\n');
       }`.replace("new Worker('')", "new Worker('', { eval: true })"),
    );
    const nodes = (await findRuntimes({ cwd: root, folders: testRuntimeFolders() })).filter(
      ({ id }) => id === 'node',
    );
    for (const node of nodes) {
      await t.test(node.version, async () => {
        const { exitCode, stdout, stderr } = await bench.run([node.file, script]);
        assert.equal(exitCode, 0, stderr);
        const own = (word: string): string =>
          `(node:1) [UNDICI${word}\n(node:1) [UNDICI-EHPA] Warning: my own\n`;
        assert.equal(stderr, own('é'));
        assert.equal(stdout, `${JSON.stringify(own('ü'))}\n`);
      });
    }
  });

  test('Node: hostile surroundings cost neither the call nor its site', async t => {
    const surroundings: Readonly<Record<string, { flags?: string[]; before: string }>> = {
      'frozen Error': { before: 'Object.freeze(Error);' },
      'frozen globals and prototypes': {
        before:
          'for (const o of [globalThis.Promise, Object, Array, Error, Promise.prototype, Array.prototype]) Object.freeze(o);',
      },
      'prepareStackTrace as a getter': {
        before: `Object.defineProperty(Error, 'prepareStackTrace', { get() { return undefined; }, configurable: true });`,
      },
      'a throwing prepareStackTrace': {
        before: `Error.prepareStackTrace = () => { throw new Error('mine'); };`,
      },
      'net patched before and after': {
        before: `const net = require('net'); const c = net.Socket.prototype.connect;
                 net.Socket.prototype.connect = function (...a) { return c.apply(this, a); };`,
      },
      'fetch replaced': { before: 'const f = fetch; globalThis.fetch = (...a) => f(...a);' },
      'options behind a Proxy': {
        before: `const https = require('https'); https.globalAgent.options = new Proxy(https.globalAgent.options, {});`,
      },
      'no code from strings': { flags: ['--disallow-code-generation-from-strings'], before: '' },
      'frozen intrinsics': { flags: ['--frozen-intrinsics'], before: '' },
      'the permission model': { flags: ['--permission', `--allow-fs-read=${bench.folder}`], before: '' },
      'no prototype methods of Array': {
        before: 'delete Array.prototype.flat; delete String.prototype.replaceAll;',
      },
    };
    for (const [name, { flags = [], before }] of Object.entries(surroundings)) {
      await t.test(name, async () => {
        const script = await file(
          'hostile.cjs',
          `${before}\n${call}.then(r => console.log(r.status), e => console.log(e)).then(() => {
             require('https').get('https://api.openai.com/v1/y', r => { console.log(r.statusCode); r.resume(); });
           });`,
        );
        const run = await bench.run([process.execPath, ...flags, script]);
        assert.equal(run.stdout, '200\n200\n', run.stderr);
        assert.deepEqual(
          run.exchanges.map(({ request }) => request.path),
          ['/v1/x', '/v1/y'],
        );
        assert.deepEqual(
          run.sites.map(site => site?.frames[0]?.file),
          [script, script],
        );
      });
    }
  });

  test('Node: a program without calls ends by itself', async () => {
    const run = await bench.run([process.execPath, '-e', 'setTimeout(() => {}, 5)'], { timeoutMs: 20_000 });
    assert.equal(run.timedOut, false);
    assert.equal(run.stderr, '');
  });

  test('Python: the sitecustomize that ours shadows is run, under its own name, and may fail as it would', async () => {
    const folder = join(bench.folder, 'own-site');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'sitecustomize.py'), 'import sys\nsys.shadowed = __file__\n');
    const env = { PYTHONPATH: folder };
    const script =
      'import sys, sitecustomize; print(sys.shadowed == sitecustomize.__file__, sys.path[1] == sys.argv[1])';
    const good = await bench.run([python, '-c', script, folder], { env });
    assert.equal(good.stdout, 'True True\n', good.stderr);
    await writeFile(join(folder, 'sitecustomize.py'), 'raise RuntimeError("theirs")\n');
    const bad = await bench.run([python, '-c', 'print("on")'], { env });
    assert.equal(bad.stdout, 'on\n');
    assert.match(bad.stderr, /Error in sitecustomize.*\nRuntimeError: theirs/);
  });

  test("Python: a failing job's traceback and what a program sees are the same with and without the hook", async () => {
    const script = await file(
      'visible.py',
      `import asyncio, concurrent.futures, http.client, inspect, socket, ssl, sys, threading, traceback, urllib.request
def fail(): raise ValueError("theirs")
def job():
    with concurrent.futures.ThreadPoolExecutor() as pool: pool.submit(fail).result()
async def task(): await asyncio.create_task(asyncio.to_thread(fail))
for attempt in (job, lambda: asyncio.run(task())):
    try: attempt()
    except ValueError: traceback.print_exc(file=sys.stdout)
threading.excepthook = lambda args: print([f.name for f in traceback.extract_tb(args.exc_traceback)])
thread = threading.Thread(target=fail); thread.start(); thread.join()
print([type(module.__spec__.loader).__name__ for module in (socket, ssl, http.client)])
print([f.__name__ for f in (socket.getaddrinfo, socket.socket.connect, ssl.SSLContext.load_verify_locations)])
print(inspect.signature(socket.getaddrinfo), sys.path[1:], socket.getaddrinfo("127.0.0.1", 80))
`,
    );
    const bare = await bench.run(['env', '-u', 'PYTHONPATH', python, script]);
    const hooked = await bench.run([python, script]);
    assert.equal(bare.exitCode, 0, bare.stderr);
    assert.equal(hooked.stdout, bare.stdout);
    assert.equal(hooked.stderr, bare.stderr);
  });

  test('Python: -I, -E and -S skip the hook; clients that read proxy variables are still captured', async () => {
    const script = `import urllib.request as u; print(u.urlopen(u.Request("https://api.openai.com/v1/x", data=b"{}")).status)`;
    for (const flag of ['-I', '-E', '-S']) {
      const run = await bench.run([python, flag, '-c', script]);
      assert.equal(run.stdout, '200\n', run.stderr);
      assert.equal(run.exchanges.length, 1);
    }
  });

  test('Python: authorities are read when a context is used, and are then those of the file', async () => {
    const script = await file(
      'authorities.py',
      `import _ssl, os, shutil, ssl, sys
held = lambda context: sorted(_ssl._SSLContext.get_ca_certs(context, True))
bundle, copy = os.environ["SSL_CERT_FILE"], sys.argv[1]
shutil.copy(bundle, copy)
def context(file):
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.load_verify_locations(file)
    return made
whole = held(context(copy))
asked, used, unused = context(bundle), context(bundle), context(bundle)
used.wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO(), server_hostname="example.com")
print(len(whole) > 100, sorted(asked.get_ca_certs(True)) == whole, held(used) == whole, len(held(unused)))
print(unused.cert_store_stats() == used.cert_store_stats())
`,
    );
    const run = await bench.run([python, script, join(bench.folder, 'copy.pem')]);
    assert.equal(run.stdout, 'True True True 1\nTrue\n', run.stderr);
  });

  test('Python: a connection below Python to a stand-in address goes nowhere', async () => {
    const script = `import socket, _socket
address = socket.getaddrinfo("api.openai.com", 443, type=socket.SOCK_STREAM)[0][4]
low = _socket.socket()
try: low.connect(address); print("reached", address)
except OSError as error: print(type(error).__name__, address[0].startswith("127.77."))`;
    const run = await bench.run([python, '-c', script]);
    assert.equal(run.stdout, 'ConnectionRefusedError True\n', run.stderr);
  });
});

describe('which hosts are intercepted', () => {
  const patterns = [
    ...hostPatterns(['gw.example.com:8443=openai', '*.lab.example=openai']),
    ...localHostPatterns(),
  ];
  const hosts: readonly (readonly [string, number])[] = [
    ...HOSTS.filter(({ local, onRequest }) => !local && !onRequest).flatMap(({ hosts }) =>
      hosts.map(host => [host.replace(/:\d+$/, '').replaceAll('*', 'some.thing-1'), 443] as const),
    ),
    ['localhost', 11434],
    ['127.0.0.1', 11434],
    ['localhost', 5432],
    ['127.0.0.1', 80],
    ['gw.example.com', 8443],
    ['gw.example.com', 443],
    ['lab.example', 443],
    ['a.b.lab.example', 443],
    ['example.com', 443],
    ['notapi.openai.com.evil.example', 443],
    ['API.OPENAI.COM', 443],
    ['api.openai.com.', 443],
  ];
  const expected = hosts.map(([host, port]) => isInterceptedHost(`${host}:${port}`, patterns));

  test('the Node hook and the table agree', () => {
    const { readHosts } = createRequire(import.meta.url)(join(hookFiles().node, '../hosts.cjs')) as {
      readHosts: (list: string, proxy: string) => (host: string, port: number) => boolean;
    };
    const isIntercepted = readHosts(patterns.join(), 'http://127.0.0.1:4321');
    for (const [index, [host, port]] of hosts.entries()) {
      assert.equal(isIntercepted(host, port), expected[index], `${host}:${port}`);
    }
    assert.ok(expected.includes(true) && expected.includes(false));
  });

  test('the Python hook and the table agree', async () => {
    const { execFileSync } = await import('node:child_process');
    const script = `import sys, json; sys.path.insert(0, sys.argv[1])
from _rewind_hook.hosts import Hosts
hosts = Hosts(sys.argv[2], 4321)
print(json.dumps([hosts(h, p) for h, p in json.loads(sys.argv[3])]))`;
    const args = ['-c', script, hookFiles().pythonFolder, patterns.join(), JSON.stringify(hosts)];
    const said = JSON.parse(execFileSync(python, args).toString()) as boolean[];
    assert.deepEqual(said, expected);
  });

  test('`*` with a port means every host but this machine', () => {
    const { readHosts } = createRequire(import.meta.url)(join(hookFiles().node, '../hosts.cjs')) as {
      readHosts: (list: string, proxy: string) => (host: string, port: number) => boolean;
    };
    const isIntercepted = readHosts('*:443,*:80', 'http://127.0.0.1:4321');
    assert.ok(isIntercepted('example.com', 443));
    assert.ok(!isIntercepted('example.com', 5432));
    assert.ok(!isIntercepted('localhost', 80));
  });
});

describe("the call site's header", () => {
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const good = {
    v: 1,
    l: 'n',
    q: 3,
    p: 7,
    t: 0,
    k: '9',
    w: 's',
    f: [
      ['/a.js', 1, 2, 'main'],
      ['/b.js', 5, 0, ''],
    ],
  };

  test('is read', () => {
    assert.deepEqual(parseCallSite(encode(good)), {
      language: 'node',
      sequence: 3,
      pid: 7,
      thread: 0,
      task: '9',
      via: 'stack',
      frames: [
        { file: '/a.js', line: 1, column: 2, function: 'main' },
        { file: '/b.js', line: 5, function: '' },
      ],
    });
  });

  test('is not believed', () => {
    const bad = [
      '',
      '%%%',
      'bm90IGpzb24',
      encode(null),
      encode([]),
      encode({ ...good, v: 2 }),
      encode({ ...good, l: 'constructor' }),
      encode({ ...good, p: -1 }),
      encode({ ...good, f: 'x' }),
      encode({ ...good, k: 'x'.repeat(9000) }),
    ];
    for (const value of bad) assert.equal(parseCallSite(value), undefined, value.slice(0, 40));
    assert.deepEqual(
      parseCallSite(encode({ ...good, f: [[1, 2, 3, 4], ['/x', 'y', 0, ''], null] }))?.frames,
      [],
    );
  });
});
