import { hostsFromEnvironment } from '../launch/base-urls.ts';
import { hostPatterns } from '../providers/hosts.ts';
import { type CertificateAuthority, openCertificateAuthority } from '../proxy/certificates.ts';
import type { Home } from '../sessions/home.ts';

/** The home's certificate authority for the built-in hosts and `extra`, the one that `record` uses too. */
export function openAuthority(
  home: Home,
  extra: readonly string[],
  notice: (message: string) => void,
): CertificateAuthority {
  const hosts = hostPatterns([...extra, ...hostsFromEnvironment(process.env)]);
  // An address cannot be in a name constraint; local servers speak plain HTTP.
  const named = hosts.filter(pattern => !/^(\[|[\d.]+(:\d+)?$)/.test(pattern));
  return openCertificateAuthority({ home: home.path, hosts: named, notice });
}
