/**
 * Rewind as `rewind record` runs it: proxy, recorder, the real session log. `argv`: certificates' folder, Rewind home; `no` leaves
 * the recorder out. SIGTERM ends the run: the session is sealed, as when a recorded command ends.
 */
import { join } from 'node:path';
import { openCertificateAuthority } from '../../src/proxy/certificates.ts';
import { startProxy } from '../../src/proxy/proxy.ts';
import { Recorder, sessionClock } from '../../src/proxy/recorder.ts';
import { Upstream } from '../../src/proxy/upstream.ts';
import { openHome } from '../../src/sessions/home.ts';
import { createSession } from '../../src/sessions/writer.ts';

const [, , folder = '.', homePath = '.', recording = 'yes'] = process.argv;
const home = openHome(homePath);
const ca = openCertificateAuthority({ home: homePath, hosts: ['localhost'] });
const writer = createSession(home, {
  startedAt: Date.now(),
  command: [],
  cwd: '/',
  mode: 'proxy',
  scope: 'llm',
});
const upstream = new Upstream({ trustedCaFiles: [join(folder, 'ca.pem')] });
const recorder = new Recorder(upstream, writer, sessionClock(), error => console.error(error));
const proxy = await startProxy({
  responder: recording === 'yes' ? recorder : upstream,
  ca,
  interceptHosts: ['localhost'],
  onError: console.error,
});
process.send?.({ port: proxy.port, caPath: ca.certPath, session: writer.id });
process.on('disconnect', () => process.exit());
process.once('SIGTERM', async () => {
  await proxy.close(0);
  await writer.seal();
  process.exit();
});
