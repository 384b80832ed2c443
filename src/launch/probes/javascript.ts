import type { Probe } from './probe.ts';

const report = `
const url = client => process.env.PROBE_URL + '?client=' + encodeURIComponent(client);
const body = JSON.stringify({ model: 'probe', messages: [{ role: 'user', content: 'probe' }] });
const headers = { 'content-type': 'application/json' };
async function probe(client, call) {
  try {
    console.log(JSON.stringify({ client, status: await call(url(client)) }));
  } catch (error) {
    console.log(JSON.stringify({ client, error: String(error?.cause?.message ?? error?.message ?? error) }));
  }
}
`;

const withHttps = `
import https from 'node:https';
const viaHttps = agent => to => new Promise((resolve, reject) => {
  const request = https.request(to, { method: 'POST', headers, agent }, response => {
    response.resume();
    response.on('end', () => resolve(response.statusCode));
  });
  request.on('error', reject);
  request.end(body);
});
`;

const fetching = `await probe('fetch', async to => (await fetch(to, { method: 'POST', headers, body })).status);`;

const source = `import process from 'node:process';${withHttps}${report}
${fetching}
await probe('https', viaHttps(undefined));
await probe('https, own agent', viaHttps(new https.Agent({ keepAlive: false })));
`;

const nodeSource = `${source}
import http2 from 'node:http2';
import tls from 'node:tls';
await probe('https, own CA list', viaHttps(new https.Agent({ ca: tls.rootCertificates.slice(0, 2) })));
await probe('http2', to => new Promise((resolve, reject) => {
  const { origin, pathname, search } = new URL(to);
  const session = http2.connect(origin);
  session.on('error', reject);
  const stream = session.request({ ':method': 'POST', ':path': pathname + search, ...headers });
  stream.on('response', answer => { resolve(answer[':status']); session.close(); });
  stream.on('error', reject);
  stream.end(body);
}));
`;

export const nodeProbe: Probe = {
  runtime: 'node',
  fileName: 'probe.mjs',
  source: nodeSource,
  command: (program, script) => [program, script],
  versionFlags: ['--version'],
  advice: 'Something removes NODE_OPTIONS from the environment of this process; keep it, or use --base-urls.',
};

export const bunProbe: Probe = {
  runtime: 'bun',
  fileName: 'probe.mjs',
  source,
  command: (program, script) => [program, 'run', script],
  versionFlags: ['--version'],
  advice: 'Use fetch, which reads HTTPS_PROXY, or --base-urls.',
};

export const denoProbe: Probe = {
  runtime: 'deno',
  fileName: 'probe.mjs',
  source,
  command: (program, script) => [program, 'run', '--allow-all', script],
  versionFlags: ['--version'],
  advice: 'Use fetch, which reads HTTPS_PROXY, or --base-urls.',
};
