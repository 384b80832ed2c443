import { existsSync } from 'node:fs';
import { shellWord } from './session-line.ts';

export interface TrustCommand {
  /** `macOS`, `Windows`, `Debian, Ubuntu` … */
  readonly system: string;
  readonly trust: string;
  readonly undo: string;
}

/** How this platform is told to trust a certificate; `exists` looks for the folders that tell Linux systems apart. */
export function trustCommand(
  certPath: string,
  platform: NodeJS.Platform = process.platform,
  exists: (path: string) => boolean = existsSync,
): TrustCommand {
  const cert = shellWord(certPath);
  if (platform === 'darwin') {
    return {
      system: 'macOS',
      trust: `security add-trusted-cert -r trustRoot -k ~/Library/Keychains/login.keychain-db ${cert}`,
      undo: `security remove-trusted-cert ${cert}`,
    };
  }
  if (platform === 'win32') {
    return {
      system: 'Windows',
      trust: `certutil -user -addstore Root "${certPath}"`,
      undo: 'certutil -user -delstore Root "Rewind local CA"',
    };
  }
  const anchors = '/etc/pki/ca-trust/source/anchors';
  if (exists(anchors)) {
    return {
      system: 'Fedora, RHEL',
      trust: `sudo cp ${cert} ${anchors}/rewind.pem && sudo update-ca-trust`,
      undo: `sudo rm ${anchors}/rewind.pem && sudo update-ca-trust`,
    };
  }
  if (exists('/etc/ca-certificates/trust-source')) {
    return {
      system: 'Arch',
      trust: `sudo trust anchor ${cert}`,
      undo: `sudo trust anchor --remove ${cert}`,
    };
  }
  const local = '/usr/local/share/ca-certificates/rewind.crt';
  return {
    system: 'Debian, Ubuntu, Alpine',
    trust: `sudo cp ${cert} ${local} && sudo update-ca-certificates`,
    undo: `sudo rm ${local} && sudo update-ca-certificates --fresh`,
  };
}
