import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A bench CA (`ca.pem`) and a server certificate for localhost (`localhost.pem`, `localhost-key.pem`), made by openssl. */
export function makeCertificates(folder: string): void {
  const at = (name: string) => join(folder, name);
  const openssl = (...parameters: string[]) => execFileSync('openssl', parameters, { stdio: 'pipe' });
  const newKey = (out: string) => [
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-keyout',
    at(out),
  ];
  openssl(
    'req',
    '-x509',
    ...newKey('ca-key.pem'),
    '-out',
    at('ca.pem'),
    '-days',
    '30',
    '-subj',
    '/CN=Bench CA',
    // Python 3.13 verifies strictly.
    '-addext',
    'keyUsage=critical,keyCertSign,cRLSign',
  );
  openssl('req', ...newKey('localhost-key.pem'), '-out', at('localhost.csr'), '-subj', '/CN=localhost');
  writeFileSync(at('localhost.ext'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n');
  const signed = ['-CA', at('ca.pem'), '-CAkey', at('ca-key.pem'), '-CAcreateserial', '-days', '30'];
  const out = ['-out', at('localhost.pem'), '-extfile', at('localhost.ext')];
  openssl('x509', '-req', '-in', at('localhost.csr'), ...signed, ...out);
}
