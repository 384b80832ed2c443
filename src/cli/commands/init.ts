import { X509Certificate } from 'node:crypto';
import type { Command } from 'commander';
import { openHome } from '../../sessions/home.ts';
import { openAuthority } from '../authority.ts';
import { loadConfig } from '../config.ts';
import { examples } from '../examples.ts';
import { printJson } from '../json-output.ts';
import { Notices } from '../notices.ts';
import { out } from '../terminal.ts';
import { trustCommand } from '../trust-commands.ts';

export function define(command: Command): void {
  command.option('--json', 'an object (docs/json.md)').action(init);
  examples(command, [
    ['rewind init', '`record` does it by itself; run it to see the certificate and where it is'],
  ]);
}

function init(options: { readonly json?: boolean }): void {
  const home = openHome();
  const notices = new Notices();
  const ca = openAuthority(home, loadConfig(process.cwd()).hosts, message => notices.add(message));
  const certificate = new X509Certificate(ca.cert);
  const trust = trustCommand(ca.certPath);
  if (options.json) {
    printJson({
      home: home.path,
      certificate: ca.certPath,
      fingerprint256: certificate.fingerprint256,
      validTo: new Date(certificate.validTo).toISOString(),
      permittedHosts: ca.permitted ?? [],
      trust,
      warnings: notices.list(),
    });
    return;
  }
  notices.print();
  const c = out.colours;
  out.line(`${c.dim('home         ')} ${home.path}`);
  out.line(`${c.dim('certificate  ')} ${ca.certPath}`);
  out.line(`${c.dim('SHA-256      ')} ${certificate.fingerprint256}`);
  out.line(`${c.dim('valid until  ')} ${new Date(certificate.validTo).toISOString().slice(0, 10)}`);
  out.line(
    `${c.dim('may speak for')} ${ca.permitted?.length ?? 0} model providers' domains, and no other host`,
  );
  out.line();
  out.line(
    'Nothing else is needed: `rewind record` makes the recorded command trust it, and nothing else does.',
  );
  out.line(`To use the proxy system-wide all the same (${trust.system}):`);
  out.line(`  ${c.cyan(trust.trust)}`);
  out.line(`${c.dim('and to undo it:')}`);
  out.line(`  ${c.cyan(trust.undo)}`);
}
