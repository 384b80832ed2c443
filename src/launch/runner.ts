import { Recorder, type SessionClock, sessionClock } from '../proxy/recorder.ts';
import { type Home, openHome } from '../sessions/home.ts';
import { readSession } from '../sessions/reader.ts';
import type { RedactionRules } from '../sessions/redaction-rules.ts';
import type { OutputPiece, SessionStart, SessionWriter } from '../sessions/session.ts';
import { createSession, type NewSession } from '../sessions/writer.ts';
import type { Responder } from '../tape/responder.ts';
import type { Runner, RunRequest, RunResult } from '../tape/runner.ts';
import type { ToolReplay } from '../tape/tool.ts';
import type { AgentProcess, ProcessEnd, StartOptions } from './agent-process.ts';
import { AgentSetting, type SettingOptions } from './agent-setting.ts';
import { commandPath, exitCodeOfStartError } from './command-path.ts';
import type { Interception } from './interception.ts';
import { NamedSessions } from './named-sessions.ts';
import { environmentFacts, gitFacts } from './session-facts.ts';
import { forwardSignals } from './signals.ts';
import { Slot } from './slot.ts';
import { stopper } from './stopper.ts';
import { startCaptured, startOnUsersStreams } from './terminal.ts';

export interface RunnerOptions extends SettingOptions {
  readonly mode: SessionStart['mode'];
  /** Rewind's home folder; default as `openHome`. */
  readonly home?: string;
  /** The user's own redaction rules. */
  readonly redact?: RedactionRules;
  /** In a run that is no recording: what becomes of all tools; each one's own wish without it. */
  readonly tools?: ToolReplay;
  /** Told once the session exists, before the agent starts. */
  readonly onSession?: (start: SessionStart) => void;
  /** Told of the agent's output as it is recorded. */
  readonly onOutput?: (piece: OutputPiece) => void;
  /** What stands between the agent and the run's recorder: a debugger's gate. */
  readonly inFront?: (recorder: Responder) => Responder;
  /** Milliseconds that requests of processes which outlive the agent may take to end. Default 2000. */
  readonly graceMs?: number;
}

/** What runs of one agent have in common, so that many of them are cheap. */
export interface Shared {
  /** Starts the agent where its output is captured. */
  readonly start: (options: StartOptions) => Promise<AgentProcess>;
  /** Those of one environment have one. */
  readonly setting: (env: RunRequest['env']) => AgentSetting;
  /** Where Node keeps what it has compiled, from one run to the next. */
  readonly compileCache: string;
}

/** Where a run begins that does not begin at its program's start. */
export interface Departure {
  readonly clock: SessionClock;
  /** Requests before it. */
  readonly asked: number;
  /** Tells the run's recording, and whatever answers it, what came before. */
  tellAgain(recorder: Responder, writer: SessionWriter): Promise<void>;
  readonly start: (options: StartOptions) => Promise<AgentProcess>;
}

/** Runs agents behind a proxy of their own, each run a session. Several may run at once. */
export function createRunner(options: RunnerOptions): Runner {
  const home = openHome(options.home);
  return {
    run: async request => {
      const run = new Run(home, options, request);
      // Git and the proxy get ready side by side; neither needs the other.
      const git = gitFacts(request.cwd);
      const slot = await Slot.open(run.interception, home);
      try {
        return await run.in(slot, await git);
      } finally {
        await slot.close();
      }
    },
  };
}

/** One run. Throws RewindError before a session exists where the command cannot be found. */
export class Run {
  readonly #file: string;
  readonly #home: Home;
  readonly #options: RunnerOptions;
  readonly #request: RunRequest;
  readonly #setting: AgentSetting;
  readonly #shared: Shared | undefined;

  constructor(home: Home, options: RunnerOptions, request: RunRequest, shared?: Shared) {
    this.#shared = shared;
    this.#home = home;
    this.#options = options;
    this.#request = request;
    this.#setting = shared?.setting(request.env) ?? new AgentSetting(options, request.env);
    this.#file = commandPath(request.command[0] ?? '', request.cwd, this.#setting.env);
  }

  get interception(): Interception {
    return this.#setting.interception;
  }

  /** Leaves the slot open, with nothing of this run in flight. */
  async in(slot: Slot, git: SessionStart['git'], from?: Departure): Promise<RunResult> {
    const clock = from?.clock ?? sessionClock();
    const writer = this.#create(this.#sessionStart(git));
    const recorder = new Recorder(this.#request.responder, writer, clock, message => this.#notice(message));
    const parts = this.#namedSessions(recorder, writer);
    const front = parts ?? recorder;
    await from?.tellAgain(recorder, writer);
    const at = () => clock.now() - clock.startedAt;
    slot.begin(this.#options.inFront?.(front) ?? front, from?.asked ?? 0, {
      onSessionEnd: session => parts?.end(session),
      onWebSocket: seen => writer.webSocket({ at: at(), ...seen }),
    });
    this.#options.onSession?.(writer.start);
    const { end, timedOut } = await this.#supervise(slot, writer, at, from).catch(async (error: unknown) => {
      // It could not be started after all: the session says so, as a shell would.
      writer.exit({ at: at(), code: exitCodeOfStartError(error) ?? null, signal: null });
      await writer.seal();
      throw error;
    });
    const durationMs = at();
    writer.exit({ at: durationMs, code: end.code, signal: end.signal });
    await this.#letGo(slot);
    await writer.seal();
    await parts?.close();
    const session = readSession(this.#home, writer.id);
    const named = (parts?.ids ?? []).map(id => readSession(this.#home, id));
    return { session, named, exitCode: end.code, exitSignal: end.signal, timedOut, durationMs };
  }

  #create(start: NewSession): SessionWriter {
    return createSession(this.#home, start, {
      onWarning: message => this.#notice(message),
      secrets: this.#setting.secrets,
      durable: !this.#shared,
      ...(this.#options.redact ? { rules: this.#options.redact } : {}),
    });
  }

  #namedSessions(main: Responder, { start }: SessionWriter): NamedSessions | undefined {
    const { named } = this.#request;
    if (!named) return undefined;
    const { id, ...rest } = start;
    return new NamedSessions({
      main,
      named,
      open: name => this.#create({ ...rest, name, startedAt: Date.now(), within: id }),
      onNotice: message => this.#notice(message),
    });
  }

  /** Starts the agent and waits for its end. `at`: milliseconds since the session's start. */
  async #supervise(
    slot: Slot,
    writer: SessionWriter,
    at: () => number,
    from: Departure | undefined,
  ): Promise<{ readonly end: ProcessEnd; readonly timedOut: boolean }> {
    const { command, via = [], cwd, stdio } = this.#request;
    const captured = this.#shared?.start ?? startCaptured;
    const start = from?.start ?? (stdio === 'capture' ? captured : startOnUsersStreams);
    const agent = await start({
      file: via[0] === undefined ? this.#file : commandPath(via[0], cwd, this.#setting.env),
      command: via.length > 0 ? [...via, this.#file, ...command.slice(1)] : command,
      cwd,
      env: this.interception.agentEnvironment({
        command,
        folder: slot.folder,
        ca: slot.ca,
        trust: slot.trust(this.interception),
        proxy: slot.proxy,
        session: writer.id,
        tools: slot.toolUrl,
        ...(this.#shared ? { compileCache: this.#shared.compileCache } : {}),
        ...(this.#options.mode === 'record' ? {} : { replay: this.#options.tools ?? 'own' }),
      }),
      pipes: slot.pipes,
      onOutput: (stream, bytes) => {
        const piece = { at: at(), stream, bytes };
        writer.output(piece);
        this.#options.onOutput?.(piece);
      },
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
  async #letGo(slot: Slot): Promise<void> {
    const left = slot.proxy.inFlight;
    if (!(await slot.end(this.#options.graceMs ?? 2_000))) await slot.close();
    if (left > 0) {
      const what = left === 1 ? 'One request was' : `${left} requests were`;
      this.#notice(
        `${what} still open when the command ended (a process that it left behind?); the proxy is closed now.`,
      );
    }
  }

  #sessionStart(git: SessionStart['git']): NewSession {
    const { command, cwd, name, parent } = this.#request;
    const { userHosts } = this.interception;
    return {
      startedAt: Date.now(),
      command,
      cwd,
      mode: this.#options.mode,
      scope: this.#options.scope ?? 'llm',
      environment: environmentFacts(this.#setting.digest, this.#file),
      ...(name === undefined ? {} : { name }),
      ...(git ? { git } : {}),
      ...(parent ? { parent } : {}),
      ...(userHosts.length > 0 ? { extraHosts: userHosts } : {}),
    };
  }

  #notice(message: string): void {
    this.#options.onNotice?.(message);
  }
}
