import { join } from 'node:path';
import { hostPatterns, localHostPatterns } from '../providers/hosts.ts';
import {
  type CertificateAuthority,
  ephemeralCertificateAuthority,
  openCertificateAuthority,
} from '../proxy/certificates.ts';
import type { ProxyOptions, Proxy as RunningProxy } from '../proxy/proxy.ts';
import type { SessionStart } from '../sessions/session.ts';
import type { Responder } from '../tape/responder.ts';
import type { ToolReplay } from '../tape/tool.ts';
import { hostsFromEnvironment } from './base-urls.ts';
import {
  childEnvironment,
  type Environment,
  type SiteMode,
  type UserCode,
  userCaFiles,
} from './child-environment.ts';
import { hookFiles } from './hook-files.ts';
import { networkFrom } from './network.ts';
import { type TrustFiles, writeTrustFiles } from './trust-files.ts';

/** What of an agent's traffic is intercepted, and how. */
export interface InterceptionOptions
  extends Pick<ProxyOptions, 'otherTraffic' | 'webSockets' | 'upstreams' | 'isLlm'> {
  /** Default: `llm`. */
  readonly scope?: SessionStart['scope'];
  /** Hosts to intercept on top of the built-in table: `pattern` or `pattern=provider`. */
  readonly hosts?: readonly string[];
  /** Default: `deep`, or what `REWIND_SITES` says. */
  readonly sites?: SiteMode;
  /** What the call-site hooks take for the user's own code, beside what `REWIND_SITES_IGNORE` and `_INCLUDE` say. */
  readonly userCode?: UserCode;
  /** Also point the SDKs' base-URL variables at the proxy. */
  readonly baseUrls?: boolean;
  /** One line for the user: what could not be recorded, what was still in use at the end. */
  readonly onNotice?: (message: string) => void;
}

/** The interception of one run: its hosts, its certificate authority, its proxy's options and its agent's environment. */
export class Interception {
  /** Hosts that the user named, in options or by base-URL variables: `pattern` or `pattern=provider`. */
  readonly userHosts: readonly string[];
  readonly #options: InterceptionOptions;
  readonly #env: Environment;
  readonly #allHttp: boolean;
  readonly #remote: readonly string[];

  /** `env`: what the agent would have without us. */
  constructor(options: InterceptionOptions, env: Environment) {
    this.#options = options;
    this.#env = env;
    this.#allHttp = options.scope === 'all-http';
    this.userHosts = [...(options.hosts ?? []), ...hostsFromEnvironment(env)];
    this.#remote = hostPatterns(this.userHosts);
  }

  /** `folder`: the run's own; `home`: Rewind's. */
  authority(folder: string, home: string): CertificateAuthority {
    if (this.#allHttp) return ephemeralCertificateAuthority(join(folder, 'ca'));
    return openCertificateAuthority({
      home,
      // Certificates name hosts: an address cannot be verified, and local servers speak plain HTTP.
      hosts: this.#remote.filter(pattern => !/^(\[|[\d.]+(:\d+)?$)/.test(pattern)),
      notice: message => this.#options.onNotice?.(message),
    });
  }

  proxyOptions(ca: CertificateAuthority, responder: Responder): ProxyOptions {
    const { otherTraffic, webSockets, upstreams, isLlm, onNotice } = this.#options;
    return {
      responder,
      ca,
      interceptHosts: [...this.#remote, ...localHostPatterns()],
      allHttp: this.#allHttp,
      ...networkFrom(this.#env),
      ...(otherTraffic ? { otherTraffic } : {}),
      ...(webSockets ? { webSockets } : {}),
      ...(upstreams ? { upstreams } : {}),
      ...(isLlm ? { isLlm } : {}),
      onError: error => onNotice?.(error.stack ?? error.message),
      onNotice: message => onNotice?.(message),
    };
  }

  /** `folder`: where they are written. */
  trustFiles(folder: string, ca: CertificateAuthority): TrustFiles {
    return writeTrustFiles({ folder, caPath: ca.certPath, ...userCaFiles(this.#env) });
  }

  agentEnvironment(run: {
    readonly command: readonly string[];
    readonly folder: string;
    readonly ca: CertificateAuthority;
    readonly proxy: RunningProxy;
    readonly session: string;
    /** Where SDK helpers speak of tools, and what becomes of these where the run is no recording. */
    readonly tools?: string;
    readonly replay?: ToolReplay | 'own';
    readonly compileCache?: string;
    /** Where they are written already. */
    readonly trust?: TrustFiles;
  }): Record<string, string> {
    const { command, folder, ca, proxy, session, tools, replay, compileCache } = run;
    const { trust = this.trustFiles(folder, ca) } = run;
    const { sites, userCode, baseUrls } = this.#options;
    return childEnvironment({
      env: this.#env,
      command,
      proxyOrigin: proxy.url(),
      proxyUrl: proxy.url(),
      trust,
      hosts: [...this.#remote, ...localHostPatterns(), ...(this.#allHttp ? ['*:80', '*:443'] : [])],
      allHttp: this.#allHttp,
      userHosts: this.userHosts.map(line => line.split('=', 1)[0] ?? line),
      hooks: hookFiles(),
      sites: sites ?? readSiteMode(this.#env.REWIND_SITES),
      ...(userCode ? { userCode } : {}),
      ...(baseUrls ? { reverse: (url: string) => proxy.baseUrl(url) } : {}),
      session,
      ...(tools === undefined ? {} : { tools }),
      ...(compileCache === undefined ? {} : { compileCache }),
      ...(replay ? { replay } : {}),
    });
  }
}

function readSiteMode(text: string | undefined): SiteMode {
  return text === 'off' || text === 'fast' ? text : 'deep';
}
