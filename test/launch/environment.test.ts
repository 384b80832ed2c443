import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { after, describe, test } from 'node:test';
import tls from 'node:tls';
import { baseUrlsThroughProxy, hostsFromEnvironment } from '../../src/launch/base-urls.ts';
import { type ChildEnvironmentOptions, childEnvironment } from '../../src/launch/child-environment.ts';
import { interceptVariables } from '../../src/launch/intercept-variables.ts';
import { keystorePassword } from '../../src/launch/java-keystore.ts';
import { childNoProxy } from '../../src/launch/no-proxy.ts';
import { writeTrustFiles } from '../../src/launch/trust-files.ts';

const options: ChildEnvironmentOptions = {
  env: {},
  command: ['node', 'agent.js'],
  proxyOrigin: 'http://127.0.0.1:4321',
  proxyUrl: 'http://127.0.0.1:4321',
  trust: { extra: '/t/extra.pem', bundle: '/t/bundle.pem', keystore: '/t/bundle.jks' },
  hosts: ['api.openai.com', '*.openai.azure.com'],
  allHttp: false,
  userHosts: [],
  hooks: { node: '/h/node-hook.cjs', pythonFolder: '/h/python' },
  sites: 'deep',
  session: '0'.repeat(32),
};
const environment = (part: Partial<ChildEnvironmentOptions>) => childEnvironment({ ...options, ...part });

describe("the agent's environment", () => {
  test('holds every variable of the table once, in both cases where there are two', () => {
    const names = interceptVariables.map(({ name }) => name);
    assert.equal(new Set(names).size, names.length);
    const env = environment({ env: { ALL_PROXY: 'socks5://corp:1080', all_proxy: '' } });
    for (const name of names) assert.ok(env[name], name);
    for (const name of ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'NO_PROXY'])
      assert.equal(env[name], env[name.toLowerCase()]);
    // Each proxy that is named costs httpx another reading of all authorities.
    for (const name of ['ALL_PROXY', 'all_proxy']) assert.equal(environment({})[name], undefined);
  });

  test("keeps the user's NODE_OPTIONS, and Node reads a hook's path with blanks and quotes", () => {
    const folder = mkdtempSync(join(tmpdir(), 'rewind hook "quoted" '));
    try {
      const hook = join(folder, 'hook.cjs');
      writeFileSync(hook, 'globalThis.hooked = true;');
      const env = environment({
        env: { PATH: process.env.PATH, NODE_OPTIONS: '--no-deprecation ' },
        hooks: { ...options.hooks, node: hook },
      });
      assert.match(env.NODE_OPTIONS ?? '', /^--no-deprecation --require "/);
      const script = 'console.log(hooked, process.noDeprecation)';
      // The other variables name files that this test does not have.
      const { PATH, NODE_OPTIONS } = env;
      assert.equal(
        execFileSync(process.execPath, ['-e', script], { env: { PATH, NODE_OPTIONS } }).toString(),
        'true true\n',
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("puts Python's hook first and keeps the rest of PYTHONPATH, once", () => {
    const own = ['/a', '/b'].join(delimiter);
    const once = environment({ env: { PYTHONPATH: own } }).PYTHONPATH;
    assert.equal(once, ['/h/python', '/a', '/b'].join(delimiter));
    assert.equal(environment({ env: { PYTHONPATH: once } }).PYTHONPATH, once);
    assert.equal(environment({ env: { PYTHONPATH: '' } }).PYTHONPATH, '/h/python');
  });

  test('a Rewind inside a Rewind adds its hook no second time', () => {
    const once = environment({});
    assert.equal(environment({ env: once }).NODE_OPTIONS, once.NODE_OPTIONS);
  });

  test("lets Node's permission model read the hook, only where it is on", () => {
    const on = environment({ command: ['node', '--permission', 'agent.js'] }).NODE_OPTIONS ?? '';
    assert.ok(on.includes('--allow-fs-read=/h'), on);
    assert.ok(!environment({}).NODE_OPTIONS?.includes('--allow-fs-read'));
  });

  test("keeps the user's own choice about NODE_USE_ENV_PROXY", () => {
    assert.equal(environment({ env: { NODE_USE_ENV_PROXY: '0' } }).NODE_USE_ENV_PROXY, '0');
  });
});

describe('NO_PROXY', () => {
  const noProxy = (existing: string, part: Partial<Parameters<typeof childNoProxy>[0]> = {}) =>
    childNoProxy({ existing, hosts: options.hosts, allHttp: false, throughLoopback: false, ...part });

  test('keeps internal hosts, drops what would let an intercepted host by', () => {
    const own =
      'corp.internal, .example.com api.openai.com .openai.com openai.com * *.azure.com:443 10.0.0.0/8';
    assert.equal(noProxy(own), 'corp.internal,.example.com,10.0.0.0/8,localhost,127.0.0.1,::1');
  });

  test('lets this machine through the proxy only where a host on it is intercepted on request', () => {
    assert.equal(noProxy('localhost,corp.internal', { throughLoopback: true }), 'corp.internal');
    assert.equal(noProxy('corp.internal', { allHttp: true }), 'localhost,127.0.0.1,::1');
  });
});

describe('base-URL variables', () => {
  test('name further hosts to intercept, known ones not again', () => {
    assert.deepEqual(
      hostsFromEnvironment({
        OPENAI_BASE_URL: 'https://LLM.corp.example/v1',
        OPENAI_API_BASE: 'https://llm.corp.example/v1',
        ANTHROPIC_BASE_URL: 'https://api.anthropic.com',
        OLLAMA_HOST: '10.1.2.3:9999',
        GROQ_BASE_URL: 'not a url',
      }),
      ['llm.corp.example=openai', '10.1.2.3:9999=ollama'],
    );
  });

  test('lead through the proxy to where they led before', () => {
    const through = baseUrlsThroughProxy(
      { OPENAI_BASE_URL: 'https://llm.corp.example/v1' },
      url => `through ${url}`,
    );
    assert.equal(through.OPENAI_BASE_URL, 'through https://llm.corp.example/v1');
    assert.equal(through.ANTHROPIC_BASE_URL, 'through https://api.anthropic.com');
    assert.equal(through.AZURE_OPENAI_ENDPOINT, undefined, 'no default to stand for');
  });
});

describe('trust files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rewind-trust-'));
  after(() => rmSync(folder, { recursive: true }));
  // Roots that differ: the one stands for our CA, the others for the user's.
  const [ours = '', first = '', second = ''] = tls.rootCertificates.slice(-3);
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const files = writeTrustFiles({
    folder: join(folder, 'run'),
    caPath: file('ours.pem', ours),
    adding: [file('adding.pem', `# comment\n${first}\n`), '/no/such/file'],
    replacing: [file('replacing.pem', second)],
  });
  const certificates = (path: string) =>
    (readFileSync(path, 'latin1').match(/-----BEGIN[^-]+-----[^-]+-----END[^-]+-----/g) ?? []).map(
      text => new X509Certificate(text).fingerprint256,
    );
  const print = (text: string) => new X509Certificate(text).fingerprint256;

  test("adding variables get our CA and the user's extra ones", () => {
    assert.deepEqual(certificates(files.extra), [print(ours), print(first)]);
  });

  test('replacing variables get those, the user’s bundle and every public root, each once', () => {
    const all = certificates(files.bundle);
    assert.equal(new Set(all).size, all.length);
    for (const text of [ours, first, second, ...tls.rootCertificates]) assert.ok(all.includes(print(text)));
  });

  test('Java reads the key store and finds the same certificates', t => {
    let listing: string;
    try {
      const args = ['-list', '-keystore', files.keystore, '-storepass', keystorePassword];
      listing = execFileSync('keytool', args, { stdio: ['ignore', 'pipe', 'ignore'] }).toString();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT')
        return t.skip('no keytool (a JDK) on this machine');
      throw error;
    }
    assert.equal(listing.match(/trustedCertEntry/g)?.length, certificates(files.bundle).length);
  });
});
