/** Run by certificates.test.ts, several at once: opens the CA of a home and sends its certificate. */
import { openCertificateAuthority } from '../../src/proxy/certificates.ts';

const [, , home = '', ...hosts] = process.argv;
process.send?.(openCertificateAuthority({ home, hosts }).cert, () => process.disconnect());
