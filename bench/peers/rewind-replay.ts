/** Rewind as `rewind replay` runs it: a tape, and a session of its own. `argv`: Rewind home, id of the session to replay. */
import { openCertificateAuthority } from '../../src/proxy/certificates.ts';
import { startProxy } from '../../src/proxy/proxy.ts';
import { Recorder, sessionClock } from '../../src/proxy/recorder.ts';
import { keepYoungGenerationSmall } from '../../src/proxy/young-generation.ts';
import { openHome } from '../../src/sessions/home.ts';
import { readSession } from '../../src/sessions/reader.ts';
import { createSession } from '../../src/sessions/writer.ts';
import { Tape } from '../../src/tape/tape.ts';

// Before the tape is read: what has grown stays.
keepYoungGenerationSmall();
const [, , homePath = '.', id = ''] = process.argv;
const home = openHome(homePath);
const ca = openCertificateAuthority({ home: homePath, hosts: ['localhost'] });
const start = { startedAt: Date.now(), command: [], cwd: '/', mode: 'replay', scope: 'llm' } as const;
const writer = createSession(home, start);
const responder = new Recorder(new Tape(readSession(home, id)), writer, sessionClock());
const proxy = await startProxy({ responder, ca, interceptHosts: ['localhost'], onError: console.error });
process.send?.({ port: proxy.port, caPath: ca.certPath });
process.on('disconnect', () => process.exit());
