import { DebugSession } from '@vscode/debugadapter';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { RewindError } from '../errors.ts';
import type { SessionReader } from '../sessions/session.ts';
import type { TimelineOptions } from '../timeline/timeline.ts';
import { AgentRun, type RunAgent } from './agent-run.ts';
import { AttachedRun, type AttachedSession } from './attached-run.ts';
import { CAPABILITIES, FORK_CAPABILITIES } from './capabilities.ts';
import type { Client } from './client.ts';
import { Comparison } from './comparison.ts';
import { type AskedOfTwo, COMPARISON_REQUESTS } from './comparison-requests.ts';
import { errorText } from './error-text.ts';
import { plainLine } from './hostile-text.ts';
import {
  type Attach,
  type Launch,
  type RunLaunch,
  readAttach,
  readLaunch,
  type SessionLaunch,
} from './launch-arguments.ts';
import { LiveRecording } from './live-recording.ts';
import { goTo, runOn } from './moves.ts';
import { Recording } from './recording.ts';
import { type Asked, REQUESTS } from './requests.ts';
import { checkArguments } from './required-arguments.ts';
import type { HasFile } from './sources.ts';
import { Walk } from './walk.ts';
import type { OpenRecording, Why } from './walk-options.ts';

/** What the adapter is given: it knows no files and no network itself. */
export interface Hands {
  /** The session that a user names (`resolveSession`). Throws RewindError. */
  readonly openSession: (reference: string) => SessionReader;
  readonly hasFile: HasFile;
  /** Runs agents, for the modes that do; throws RewindError where a launch cannot be run. Without it there are none. */
  readonly agentOf?: (launch: RunLaunch) => RunAgent;
  /** The session that is to be followed while another process records it. Throws RewindError. */
  readonly attach?: (to: {
    readonly session: string | null;
    readonly port: number;
  }) => Promise<AttachedSession>;
  readonly timeline?: TimelineOptions;
  /** Why a session went another way than another one (null: than its parent). Throws RewindError. */
  readonly why?: (session: SessionReader, other: string | null) => Why;
  /** Writes a session as a cassette, to a file or one that it names itself; says where. Throws RewindError. */
  readonly exportSession?: (session: SessionReader, file: string | null) => string;
  /** Faults of ours, for the log; never shown to the user as a dialog. */
  readonly onFault?: (fault: unknown) => void;
}

type Handle = (asked: Asked, args: unknown) => object | undefined | Promise<object | undefined>;
type HandleOfTwo = (asked: AskedOfTwo, args: unknown) => object | undefined;

/**
 * The debug adapter: one instance a connection, over streams (`start`) or inside the editor (`handleMessage`). Every
 * request is answered exactly once, whatever a handler does; `DebugSession` itself never answers when an async handler
 * throws, and refuses clients that leave `pathFormat` to its default.
 */
export class RewindSession extends DebugSession {
  readonly #hands: Hands;
  readonly #client: Client;
  #features: Partial<DebugProtocol.InitializeRequestArguments> = {};
  #walk: Walk | Comparison | null = null;
  /** Runs the launched agent once more. */
  #runAgain: (() => Promise<OpenRecording>) | null = null;
  #launching = false;
  #configured = false;
  #started = false;
  #terminated = false;
  #ended = false;

  constructor(hands: Hands) {
    super();
    this.#hands = { ...hands, ...(hands.why ? { why: this.#telling(hands.why) } : {}) };
    // The library ends the whole process when a stream closes or a message cannot be read.
    this.removeAllListeners();
    this.on('close', () => this.shutdown());
    this.on('error', fault => hands.onFault?.(fault));
    const session = this;
    this.#client = {
      get can() {
        return session.#features;
      },
      send: (event, body) => this.#event(event, body),
      lineOut: line => (this.#features.linesStartAt1 === false ? line - 1 : line),
      lineIn: line => (this.#features.linesStartAt1 === false ? line + 1 : line),
      columnOut: column => (this.#features.columnsStartAt1 === false ? column - 1 : column),
    };
  }

  /** Names of all requests that are answered, for the test that compares them with the capabilities. */
  static readonly handled: readonly string[] = [
    ...Object.keys(REQUESTS),
    'initialize',
    'launch',
    'attach',
    'configurationDone',
    'continue',
    'restart',
    'terminate',
    'disconnect',
    'cancel',
  ];

  /** Ends the walk and says `disconnected`; whoever owns the streams closes them. */
  override shutdown(): void {
    if (this.#ended) return;
    this.#ended = true;
    void this.#close();
    this.emit('disconnected');
  }

  protected override dispatchRequest(request: DebugProtocol.Request): void {
    void this.#answer(request);
  }

  async #answer(request: DebugProtocol.Request): Promise<void> {
    const response: DebugProtocol.Response = {
      seq: 0,
      type: 'response',
      request_seq: request.seq,
      command: request.command,
      success: true,
    };
    let after: (() => void) | undefined;
    try {
      const body = await this.#handle(request, then => {
        after = then;
      });
      if (body) response.body = body;
    } catch (error) {
      after = undefined;
      this.#fail(response, error);
    }
    this.sendResponse(response);
    try {
      after?.();
    } catch (fault) {
      this.#hands.onFault?.(fault);
      const text = fault instanceof Error ? fault.message : String(fault);
      this.#event('output', { category: 'important', output: `Rewind failed: ${plainLine(text)}\n` });
    }
  }

  /** `then`: what to do once the answer is sent. */
  #handle(
    request: DebugProtocol.Request,
    then: (action: () => void) => void,
  ): object | undefined | Promise<object | undefined> {
    const args: unknown = request.arguments ?? {};
    switch (request.command) {
      case 'initialize':
        return this.#initialize(args as DebugProtocol.InitializeRequestArguments);
      case 'launch':
        return this.#launch(args as object, then);
      case 'attach':
        return this.#attach(args as object, then);
      case 'configurationDone':
        this.#configured = true;
        then(() => this.#start());
        return undefined;
      case 'continue':
        return this.#continue(then);
      case 'terminate':
        then(() => this.#terminate());
        return undefined;
      case 'restart':
        return this.#restart();
      case 'disconnect':
        then(() => this.shutdown());
        return this.#close();
      case 'cancel': {
        const { requestId, progressId } = args as DebugProtocol.CancelArguments;
        this.#walk?.tasks.interrupt('cancel', task =>
          task.is({
            ...(requestId === undefined ? {} : { requestId }),
            ...(progressId === undefined ? {} : { progressId }),
          }),
        );
        return undefined;
      }
    }
    if (!Object.hasOwn(REQUESTS, request.command)) {
      throw new RewindError('unknown-request', `Rewind does not know the request ${request.command}`);
    }
    checkArguments(request.command, args);
    const name = request.command as keyof typeof REQUESTS;
    const [walk, client] = [this.#launched(), this.#client];
    if (walk instanceof Comparison)
      return (COMPARISON_REQUESTS[name] as HandleOfTwo)({ comparison: walk, client }, args);
    return (REQUESTS[name] as Handle)({ walk, client, requestId: request.seq }, args);
  }

  #initialize(args: DebugProtocol.InitializeRequestArguments): object {
    if ((args.pathFormat ?? 'path') !== 'path') {
      throw new RewindError(
        'path-format',
        'Rewind understands file paths only',
        'Initialize with pathFormat "path".',
      );
    }
    this.#features = args;
    return { ...CAPABILITIES, ...(this.#hands.agentOf ? FORK_CAPABILITIES : {}) };
  }

  async #launch(args: object, then: (action: () => void) => void): Promise<undefined> {
    const launch = readLaunch(args);
    if (launch.mode === 'session' && launch.compare !== null)
      return this.#compare({ ...launch, compare: launch.compare }, then);
    return this.#open(launch, then, async () => {
      if (launch.mode !== 'session') return { open: await this.#run(launch), command: true };
      const session = this.#hands.openSession(launch.session);
      return { open: this.#recorded(session), command: session.start.command.length > 0 };
    });
  }

  /** Two recordings in lock-step. */
  async #compare(
    { session, compare, stopOnEntry, stopAt }: SessionLaunch & { readonly compare: string },
    then: (action: () => void) => void,
  ): Promise<undefined> {
    await this.#once(async () => {
      const sessions = [this.#hands.openSession(session), this.#hands.openSession(compare)] as const;
      this.#withoutForks();
      const { timeline = {} } = this.#hands;
      this.#walk = await Comparison.open(sessions, this.#client, {
        hands: this.#hands,
        timeline,
        stopOnEntry,
        stopAt,
      });
    }, then);
    return undefined;
  }

  async #attach(args: object, then: (action: () => void) => void): Promise<undefined> {
    const attach = readAttach(args);
    return this.#open(attach, then, async () => {
      if (!this.#hands.attach)
        throw new RewindError('mode-not-there', 'This adapter cannot attach', 'Use "request": "launch".');
      const session = await this.#hands.attach(attach);
      this.#event('rewind/session', { session: session.read().start.id });
      const open: OpenRecording = (tasks, onGrown, onOutput) =>
        new LiveRecording(new AttachedRun(session, onOutput), tasks, this.#hands.timeline ?? {}, onGrown);
      return { open, command: session.read().start.command.length > 0 };
    });
  }

  /** `command`: whether the session itself says what could be run. */
  async #open(
    launch: Launch | Attach,
    then: (action: () => void) => void,
    prepare: () => Promise<{ readonly open: OpenRecording; readonly command: boolean }>,
  ): Promise<undefined> {
    await this.#once(async () => {
      const { open, command } = await prepare();
      const canFork = this.#hands.agentOf !== undefined && (launch.command !== null || command);
      this.#walk = new Walk(open, this.#client, {
        hands: this.#hands,
        stopOnEntry: launch.stopOnEntry,
        stopAt: launch.mode === 'session' ? launch.stopAt : null,
        atEdge: launch.mode === 'attach',
        onEmpty: () => this.#terminate(),
        fork: canFork ? fork => this.#run({ ...launch, mode: 'fork', fork }) : null,
        goesLive: launch.allowLive,
        followed: () => (launch.mode === 'replay' ? this.#hands.openSession(launch.session) : null),
      });
      if (!canFork) this.#withoutForks();
    }, then);
    return undefined;
  }

  /** What can be edited was said before it was known what is debugged. */
  #withoutForks(): void {
    if (!this.#hands.agentOf) return;
    const none = Object.fromEntries(Object.keys(FORK_CAPABILITIES).map(name => [name, false]));
    this.#event('capabilities', { capabilities: none });
  }

  async #once(open: () => Promise<void>, then: (action: () => void) => void): Promise<void> {
    if (this.#launching) throw new RewindError('launched-twice', 'This debug session is launched already');
    this.#launching = true;
    try {
      await open();
    } catch (error) {
      this.#launching = false;
      throw error;
    }
    // The client left meanwhile.
    if (this.#ended) await this.#close();
    then(() => {
      this.#event('initialized');
      this.#start();
    });
  }

  /** Not of the protocol: an editor shows both runs side by side. */
  #telling(why: NonNullable<Hands['why']>): NonNullable<Hands['why']> {
    return (session, other) => {
      const told = why(session, other);
      this.#event('rewind/why', { good: told.good, bad: session.start.id });
      return told;
    };
  }

  #recorded(session: SessionReader): OpenRecording {
    return (tasks, onGrown) => new Recording(session, tasks, this.#hands.timeline ?? {}, onGrown);
  }

  /** Starts the agent; it is held at its first call, whatever becomes of the client's configuration. */
  async #run(launch: RunLaunch): Promise<OpenRecording> {
    if (!this.#hands.agentOf) {
      throw new RewindError('mode-not-there', 'This adapter runs no agents', 'Use "mode": "session".');
    }
    const agent = this.#hands.agentOf(launch);
    this.#runAgain = async () => {
      const run = await AgentRun.start(agent, notice =>
        this.#event('output', { category: 'important', output: `${plainLine(notice)}\n` }),
      );
      // Not of the protocol: an editor shows the run's own session beside the debugger.
      this.#event('rewind/session', { session: run.read().start.id });
      return (tasks, onGrown, onOutput) => {
        run.onOutput = onOutput;
        return new LiveRecording(run, tasks, this.#hands.timeline ?? {}, onGrown);
      };
    };
    return this.#runAgain();
  }

  async #restart(): Promise<undefined> {
    const walk = this.#launched();
    if (walk instanceof Comparison) walk.goTo(0, 'restart');
    else if (this.#runAgain) await walk.restart(this.#runAgain);
    else goTo(walk, 0, 'restart');
  }

  async #close(): Promise<undefined> {
    await this.#walk?.close();
  }

  /** The first stop waits for both: clients configure before they launch, or after. */
  #start(): void {
    if (!this.#walk || !this.#configured || this.#started) return;
    this.#started = true;
    this.#walk.start();
  }

  #continue(then: (action: () => void) => void): object {
    const walk = this.#launched();
    if (walk.isAtEnd) then(() => this.#terminate());
    else if (walk instanceof Comparison) walk.runOn();
    else runOn(walk);
    return { allThreadsContinued: true };
  }

  #terminate(): void {
    if (this.#terminated) return;
    this.#terminated = true;
    // An agent that runs is ended first.
    void this.#close().finally(() => this.#event('terminated'));
  }

  #launched(): Walk | Comparison {
    if (this.#walk) return this.#walk;
    throw new RewindError('not-launched', 'No recording is opened yet', 'Send a launch request first.');
  }

  #event(event: string, body?: object): void {
    const message: DebugProtocol.Event = { seq: 0, type: 'event', event, ...(body ? { body } : {}) };
    this.sendEvent(message);
  }

  #fail(response: DebugProtocol.Response, error: unknown): void {
    const known = error instanceof RewindError;
    if (!known) this.#hands.onFault?.(error);
    const message = known
      ? errorText(error)
      : `Rewind failed: ${error instanceof Error ? error.message : String(error)}`;
    const showUser = known && (response.command === 'launch' || response.command === 'attach');
    response.success = false;
    response.message = known && error.code === 'cancelled' ? 'cancelled' : message;
    // The text goes in as a variable: braces in it are not placeholders.
    response.body = {
      error: {
        id: known ? 2 : 1,
        format: '{_message}',
        variables: { _message: message, _code: known ? error.code : 'fault' },
        showUser,
      },
    };
  }
}
