import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { RewindError } from '../../errors.ts';
import { networkFrom } from '../../launch/network.ts';
import { writeTrustFiles } from '../../launch/trust-files.ts';
import { hostPatterns, localHostPatterns } from '../../providers/hosts.ts';
import { ephemeralCertificateAuthority } from '../../proxy/certificates.ts';
import { startProxy } from '../../proxy/proxy.ts';
import type { SessionTag } from '../../proxy/session-tag.ts';
import { toolUrl } from '../../proxy/tool-desk.ts';
import { type Home, openHome } from '../../sessions/home.ts';
import { listSessions } from '../../sessions/list.ts';
import { readSession } from '../../sessions/reader.ts';
import { Redactor } from '../../sessions/redaction.ts';
import { resolveSession } from '../../sessions/resolve.ts';
import type { SessionReader, SessionSummary } from '../../sessions/session.ts';
import type { Responder } from '../../tape/responder.ts';
import { Tape } from '../../tape/tape.ts';
import { VERSION } from '../../version.ts';
import { openAuthority } from '../authority.ts';
import { type Config, loadConfig } from '../config.ts';
import { examples } from '../examples.ts';
import { printJsonLine } from '../json-output.ts';
import { listenAddress } from '../option-values.ts';
import { exportLines, proxyEnvironment } from '../proxy-environment.ts';
import { trafficOptions } from '../run-options.ts';
import { safeText } from '../safe-text.ts';
import { sessionJson } from '../session-json.ts';
import { sessionLine } from '../session-line.ts';
import { type Answers, SessionPerProcess } from '../session-per-process.ts';
import { err, out } from '../terminal.ts';
import { type TrafficOptions, trafficOf } from '../traffic.ts';
import { untilStopped } from '../until-stopped.ts';

interface Options extends TrafficOptions {
  readonly listen: { readonly host: string; readonly port: number };
  readonly replay?: string;
  readonly name?: string;
  readonly allHttp?: boolean;
  readonly printEnv?: boolean;
  readonly json?: boolean;
}

/** A session that was not used for five minutes is over. */
const IDLE_MS = 5 * 60_000;

export function define(command: Command): void {
  trafficOptions(
    command
      .option('-l, --listen <host:port>', 'where to listen; port 0 = a free one', listenAddress, {
        host: '127.0.0.1',
        port: 8877,
      })
      .option('-r, --replay <session>', 'answer from a recording; each process gets it from the start')
      .option('-n, --name <name>', 'how the sessions are named')
      .option('--all-http', 'every HTTP exchange, not only LLM calls')
      .option('--print-env', 'print the variables for the processes to intercept, and exit')
      .option('--json', 'events as JSON lines (docs/json.md)'),
  ).action(run);
  examples(command, [
    ['eval "$(rewind proxy --print-env)"', 'send this shell through the proxy'],
    ['rewind proxy', 'record until Ctrl-C: one session a process'],
    ['rewind proxy --replay latest', 'the same processes, offline'],
    ['rewind proxy --listen 0.0.0.0:8877', 'for containers'],
  ]);
  command.addHelpText(
    'after',
    '\nA process is told by the rewind-session header, the trace id of traceparent, or a tag in its proxy URL.',
  );
}

async function run(options: Options): Promise<void> {
  const config = loadConfig(process.cwd());
  const home = openHome();
  const source = options.replay === undefined ? undefined : resolveSession(home, options.replay);
  const traffic = trafficOf(options, config, source ? [source] : []);
  const { hosts, isLlm } = traffic;
  const allHttp = options.allHttp || source?.start.scope === 'all-http';
  if (options.printEnv) return printEnvironment(options, home, hosts, allHttp);

  const folder = mkdtempSync(join(tmpdir(), 'rewind-proxy-'));
  const warn = (message: string) => err.line(`${err.colours.yellow('note:')} ${safeText(message)}`);
  const upstream = source ? undefined : traffic.upstream();
  const sessions = new SessionPerProcess({
    home,
    start: {
      scope: allHttp ? 'all-http' : 'llm',
      ...(hosts.length > 0 ? { extraHosts: hosts } : {}),
      ...(options.name === undefined ? {} : { name: options.name }),
    },
    redact: config.redact,
    responder: tag => answersOf(tag, { home, config, source, upstream }),
    idleMs: IDLE_MS,
    onWarning: warn,
    onSealed: summary => tellSealed(options, summary),
  });
  try {
    const ca = allHttp ? ephemeralCertificateAuthority(join(folder, 'ca')) : openAuthority(home, hosts, warn);
    const proxy = await startProxy({
      ...networkFrom(process.env),
      responder: sessions,
      onSessionEnd: named => void sessions.end(named),
      ca,
      listen: options.listen,
      interceptHosts: [...hostPatterns(hosts), ...localHosts()],
      allHttp: allHttp ?? false,
      isLlm,
      upstreams: traffic.runner.upstreams ?? [],
      webSockets: source ? 'refuse' : 'pass',
      onWebSocket: (asked, seen) => sessions.webSocket(asked, seen),
      onError: error => warn(error.stack ?? error.message),
      onNotice: warn,
    });
    try {
      const trust = writeTrustFiles({ folder: ca.folder, caPath: ca.certPath, adding: [], replacing: [] });
      const env = proxyEnvironment(proxy.url(), trust, proxy.toolUrl(), source !== undefined);
      if (options.json)
        printJsonLine({ event: 'listening', url: proxy.url(), certificate: ca.certPath, env });
      else announce(options, proxy.url(), source);
      await untilStopped();
    } finally {
      await proxy.close();
    }
  } finally {
    await sessions.close();
    await upstream?.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Sources {
  readonly home: Home;
  readonly config: Config;
  /** Of `--replay`, which wins over what the code wants: nothing may reach a provider then. */
  readonly source: SessionReader | undefined;
  readonly upstream: Responder | undefined;
}

function answersOf(tag: SessionTag | undefined, { home, config, source, upstream }: Sources): Answers {
  if (source || !upstream) return tapeOf(source ?? NOTHING, config);
  if (tag?.mode !== 'replay' && tag?.mode !== 'once') return { responder: upstream };
  const latest = listSessions(home, { name: tag.name }).find(({ sealed, parent }) => sealed && !parent);
  if (!latest && tag.mode === 'once') return { responder: upstream };
  return tapeOf(latest ? readSession(home, latest.id) : NOTHING, config);
}

function tapeOf(source: SessionReader, config: Config): Answers {
  const redactor = new Redactor(config.redact);
  const responder = new Tape(source, {
    rules: config.match,
    redact: request => redactor.request(request),
    redactTool: value => redactor.json(value),
  });
  return { responder, ...(source.start.id ? { source: source.start.id } : {}) };
}

/** What a session that was never recorded answers from: every request is a miss that says so. */
const NOTHING: SessionReader = {
  start: { id: '', startedAt: 0, command: [], cwd: '', mode: 'proxy', scope: 'llm', rewindVersion: VERSION },
  sealed: true,
  warnings: [],
  length: 0,
  output: [],
  tools: [],
  webSockets: [],
  exchange: () => {
    throw new Error('nothing is recorded');
  },
  exchanges: () => [],
};

function announce({ listen }: Options, url: string, source: SessionReader | undefined): void {
  const c = err.colours;
  err.line(
    `${source ? `Replaying ${source.start.id.slice(0, 8)}` : 'Recording'} on ${c.cyan(url)} until Ctrl-C.`,
  );
  err.line(
    `${c.dim('In the other shell:')} eval "$(rewind proxy --listen ${listen.host}:${new URL(url).port} --print-env)"`,
  );
  if (!/^(127\.|localhost$|::1$)/.test(listen.host)) {
    err.line(c.yellow('Everybody who reaches this address can use the proxy.'));
  }
}

function tellSealed({ json }: Options, summary: SessionSummary): void {
  if (json) printJsonLine({ event: 'session', session: sessionJson(summary) });
  else err.line(`Captured ${sessionLine(summary, err.colours)}`);
}

function printEnvironment(
  { listen, replay }: Options,
  home: Home,
  hosts: readonly string[],
  allHttp: boolean | undefined,
): void {
  if (listen.port === 0 || allHttp) {
    throw new RewindError(
      'environment-unknown',
      allHttp
        ? 'With --all-http the certificate is made anew for each run'
        : 'The variables cannot be known before the port is',
      'Take them from the `listening` event of `rewind proxy --json`.',
    );
  }
  const ca = openAuthority(home, hosts, message => err.line(safeText(message)));
  const trust = writeTrustFiles({ folder: ca.folder, caPath: ca.certPath, adding: [], replacing: [] });
  const host = listen.host === '0.0.0.0' || listen.host === '::' ? '127.0.0.1' : listen.host;
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${listen.port}`;
  out.line(exportLines(proxyEnvironment(url, trust, toolUrl(url), replay !== undefined)));
}

/** mockttp takes no IPv6 address as a host to look into; those speak plain HTTP anyway, which `isLlm` tells. */
const localHosts = (): string[] => localHostPatterns().filter(pattern => !pattern.startsWith('['));
