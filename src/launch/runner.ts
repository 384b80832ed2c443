import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hostPatterns, localHostPatterns } from '../providers/hosts.ts';
import {
  type CertificateAuthority,
  ephemeralCertificateAuthority,
  openCertificateAuthority,
} from '../proxy/certificates.ts';
import { type ProxyOptions, type Proxy as RunningProxy, startProxy } from '../proxy/proxy.ts';
import { Recorder, sessionClock } from '../proxy/recorder.ts';
import { type Home, openHome } from '../sessions/home.ts';
import { readSession } from '../sessions/reader.ts';
import type { RedactionRules } from '../sessions/redaction-rules.ts';
import type { SessionStart, SessionWriter } from '../sessions/session.ts';
import { createSession } from '../sessions/writer.ts';
import type { Responder } from '../tape/responder.ts';
import type { Runner, RunRequest, RunResult } from '../tape/runner.ts';
import type { ProcessEnd } from './agent-process.ts';
import { hostsFromEnvironment } from './base-urls.ts';
import {
  childEnvironment,
  type Environment,
  type SiteMode,
  type UserCode,
  userCaFiles,
} from './child-environment.ts';
import { commandPath, exitCodeOfStartError } from './command-path.ts';
import { environmentSecrets } from './environment-secrets.ts';
import { hookFiles } from './hook-files.ts';
import { networkFrom } from './network.ts';
import { environmentFacts, gitFacts } from './session-facts.ts';
import { forwardSignals } from './signals.ts';
import { stopper } from './stopper.ts';
import { startCaptured, startOnUsersStreams } from './terminal.ts';
import { writeTrustFiles } from './trust-files.ts';

export interface RunnerOptions extends Pick<ProxyOptions, 'otherTraffic' | 'webSockets' | 'isLlm'> {
  readonly mode: SessionStart['mode'];
  /** Rewind's home folder; default as `openHome`. */
  readonly home?: string;
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
  /** The user's own redaction rules. */
  readonly redact?: RedactionRules;
  /** Told once the session exists, before the agent starts. */
  readonly onSession?: (start: SessionStart) => void;
  /** One line for the user: what could not be recorded, what was still in use at the end. */
  readonly onNotice?: (message: string) => void;
  /** Milliseconds that requests of processes which outlive the agent may take to end. Default 2000. */
  readonly graceMs?: number;
}

/** Runs agents behind a proxy of their own, each run a session. Several may run at once. */
export function createRunner(options: RunnerOptions): Runner {
  const home = openHome(options.home);
  return { run: request => new Run(home, options, request).run() };
}

/** One run. Throws RewindError before a session exists where the command cannot be found. */
class Run {
  readonly #home: Home;
  readonly #options: RunnerOptions;
  readonly #request: RunRequest;
  readonly #env: Environment;
  readonly #userHosts: readonly string[];
  readonly #allHttp: boolean;

  constructor(home: Home, options: RunnerOptions, request: RunRequest) {
    this.#home = home;
    this.#options = options;
    this.#request = request;
    this.#env = { ...process.env, ...request.env };
    this.#userHosts = [...(options.hosts ?? []), ...hostsFromEnvironment(this.#env)];
    this.#allHttp = options.scope === 'all-http';
  }

  async run(): Promise<RunResult> {
    const [name = ''] = this.#request.command;
    const file = commandPath(name, this.#request.cwd, this.#env);
    const folder = await mkdtemp(join(tmpdir(), 'rewind-'));
    try {
      return await this.#runIn(folder, file);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  async #runIn(folder: string, file: string): Promise<RunResult> {
    const ca = this.#authority(folder);
    const late = new LateResponder();
    // Git and the proxy get ready side by side; neither needs the other.
    const git = gitFacts(this.#request.cwd);
    const proxy = await startProxy(this.#proxyOptions(ca, late));
    try {
      const clock = sessionClock();
      const writer = createSession(this.#home, this.#sessionStart(file, await git), {
        onWarning: message => this.#notice(message),
        secrets: environmentSecrets(this.#env),
        ...(this.#options.redact ? { rules: this.#options.redact } : {}),
      });
      late.responder = new Recorder(this.#request.responder, writer, clock, error =>
        this.#notice(`Recording stopped: ${error.message}`),
      );
      this.#options.onSession?.(writer.start);
      const at = () => clock.now() - clock.startedAt;
      const supervised = await this.#supervise({
        folder,
        file,
        env: this.#childEnvironment(folder, ca, proxy, writer.id),
        writer,
        at,
      }).catch(async (error: unknown) => {
        // It could not be started after all: the session says so, as a shell would.
        writer.exit({ at: at(), code: exitCodeOfStartError(error) ?? null, signal: null });
        await writer.seal();
        throw error;
      });
      const { end, timedOut } = supervised;
      const durationMs = at();
      writer.exit({ at: durationMs, code: end.code, signal: end.signal });
      await this.#letGo(proxy);
      await writer.seal();
      const session = readSession(this.#home, writer.id);
      return { session, exitCode: end.code, exitSignal: end.signal, timedOut, durationMs };
    } finally {
      await proxy.close(0);
    }
  }

  /** Starts the agent and waits for its end. `at`: milliseconds since the session's start. */
  async #supervise(run: {
    readonly folder: string;
    readonly file: string;
    readonly env: Record<string, string>;
    readonly writer: SessionWriter;
    readonly at: () => number;
  }): Promise<{ readonly end: ProcessEnd; readonly timedOut: boolean }> {
    const { command, cwd, stdio } = this.#request;
    const { writer, at } = run;
    const start = stdio === 'capture' ? startCaptured : startOnUsersStreams;
    const agent = await start({
      file: run.file,
      command,
      cwd,
      env: run.env,
      folder: run.folder,
      onOutput: (stream, bytes) => writer.output({ at: at(), stream, bytes }),
    });
    if (agent.unrecorded.length > 0) {
      this.#notice(`${agent.unrecorded.join(' and ')} went to the terminal and could not be recorded.`);
    }
    const stop = stopper(agent, this.#request);
    const unforward = stdio === 'inherit' ? forwardSignals(agent) : () => undefined;
    try {
      const end = await agent.ended;
      return { end, timedOut: stop.timedOut() };
    } finally {
      unforward();
      stop.dispose();
    }
  }

  /** Processes that the agent left behind may finish the requests they have begun. */
  async #letGo(proxy: RunningProxy): Promise<void> {
    const left = proxy.inFlight;
    await proxy.close(this.#options.graceMs ?? 2_000);
    if (left > 0) {
      const what = left === 1 ? 'One request was' : `${left} requests were`;
      this.#notice(
        `${what} still open when the command ended (a process that it left behind?); the proxy is closed now.`,
      );
    }
  }

  #authority(folder: string): CertificateAuthority {
    if (this.#allHttp) return ephemeralCertificateAuthority(join(folder, 'ca'));
    return openCertificateAuthority({
      home: this.#home.path,
      // Certificates name hosts: an address cannot be verified, and local servers speak plain HTTP.
      hosts: this.#remotePatterns().filter(pattern => !/^(\[|[\d.]+(:\d+)?$)/.test(pattern)),
      notice: message => this.#notice(message),
    });
  }

  #remotePatterns(): string[] {
    return hostPatterns(this.#userHosts);
  }

  #proxyOptions(ca: CertificateAuthority, responder: Responder): ProxyOptions {
    const { otherTraffic, webSockets, isLlm } = this.#options;
    return {
      responder,
      ca,
      interceptHosts: [...this.#remotePatterns(), ...localHostPatterns()],
      allHttp: this.#allHttp,
      ...networkFrom(this.#env),
      ...(otherTraffic ? { otherTraffic } : {}),
      ...(webSockets ? { webSockets } : {}),
      ...(isLlm ? { isLlm } : {}),
      onError: error => this.#notice(error.stack ?? error.message),
      onNotice: message => this.#notice(message),
    };
  }

  #sessionStart(file: string, git: SessionStart['git']): Parameters<typeof createSession>[1] {
    const { command, cwd, name, parent } = this.#request;
    return {
      startedAt: Date.now(),
      command,
      cwd,
      mode: this.#options.mode,
      scope: this.#options.scope ?? 'llm',
      environment: environmentFacts(this.#env, file),
      ...(name === undefined ? {} : { name }),
      ...(git ? { git } : {}),
      ...(parent ? { parent } : {}),
      ...(this.#userHosts.length > 0 ? { extraHosts: this.#userHosts } : {}),
    };
  }

  #childEnvironment(
    folder: string,
    ca: CertificateAuthority,
    proxy: RunningProxy,
    session: string,
  ): Record<string, string> {
    const trust = writeTrustFiles({ folder, caPath: ca.certPath, ...userCaFiles(this.#env) });
    const userHosts = this.#userHosts.map(line => line.split('=', 1)[0] ?? line);
    return childEnvironment({
      env: this.#env,
      command: this.#request.command,
      proxyOrigin: proxy.url(),
      proxyUrl: proxy.url(),
      trust,
      hosts: [...this.#remotePatterns(), ...localHostPatterns(), ...(this.#allHttp ? ['*:80', '*:443'] : [])],
      allHttp: this.#allHttp,
      userHosts,
      hooks: hookFiles(),
      sites: this.#options.sites ?? readSiteMode(this.#env.REWIND_SITES),
      ...(this.#options.userCode ? { userCode: this.#options.userCode } : {}),
      ...(this.#options.baseUrls ? { reverse: (url: string) => proxy.baseUrl(url) } : {}),
      session,
    });
  }

  #notice(message: string): void {
    this.#options.onNotice?.(message);
  }
}

/** Stands in for the recorder, whose session is opened while the proxy starts; no agent runs before both are there. */
class LateResponder implements Responder {
  responder: Responder | undefined;

  respond(...call: Parameters<Responder['respond']>): Promise<void> {
    if (!this.responder) throw new Error('a request before the session was open');
    return this.responder.respond(...call);
  }
}

function readSiteMode(text: string | undefined): SiteMode {
  return text === 'off' || text === 'fast' ? text : 'deep';
}
