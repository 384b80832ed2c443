import * as vscode from 'vscode';
import { resolveId } from '../sessions/resolve.ts';
import { DEBUG_TYPE } from './ids.ts';
import type { SessionList } from './session-list.ts';

/** Where a debugger stands. `recording`: the id of a session, or the path of a `.rw` file. */
export interface Position {
  readonly recording: string;
  readonly step: number;
}

/** A reader that holds an arrow key down moves often; the debugger makes the last move only. */
const PAUSE = 120;
/** After so long a move that did not come about no longer hides where the debugger is. */
const PATIENCE = 1500;

/**
 * Ties views to the debugger: says where it stands when its selected frame changes, and moves it. Speaks plain DAP: the frame's
 * step is the value of `step` there, and `goto` is a word of the debug console.
 */
export class DebuggerPosition {
  readonly #moved = new vscode.EventEmitter<Position>();
  readonly #changed = new vscode.EventEmitter<void>();
  /** The selected frame is another step. */
  readonly onMove = this.#moved.event;
  /** A debug session began or ended. */
  readonly onChange = this.#changed.event;
  readonly #sessions: SessionList;
  readonly #log: vscode.LogOutputChannel;
  readonly #debugged = new Map<vscode.DebugSession, string>();
  /** The second of two that are walked in lock-step: its thread is 2. */
  readonly #compared = new Map<vscode.DebugSession, string>();
  readonly #listeners: vscode.Disposable[];
  #current: Position | null = null;
  #wanted: { readonly step: number; readonly until: number } | null = null;
  #timer: NodeJS.Timeout | undefined;

  constructor(sessions: SessionList, log: vscode.LogOutputChannel) {
    this.#sessions = sessions;
    this.#log = log;
    const { debug } = vscode;
    this.#listeners = [
      debug.onDidStartDebugSession(session => this.#started(session)),
      debug.onDidReceiveDebugSessionCustomEvent(({ session, event, body }) => {
        // A run that goes on is a recording of its own; restarted, another one.
        if (session.type === DEBUG_TYPE && event === 'rewind/session') this.#debugs(session, body.session);
      }),
      debug.onDidTerminateDebugSession(session => {
        this.#compared.delete(session);
        if (!this.#debugged.delete(session)) return;
        this.#current = null;
        this.#changed.fire();
      }),
      debug.onDidChangeActiveStackItem(item => void this.#look(item)),
    ];
    if (debug.activeDebugSession) this.#started(debug.activeDebugSession);
  }

  /** Where the debugger was seen last; null where there is none. */
  get current(): Position | null {
    return this.#current;
  }

  debugs(recording: string): boolean {
    return this.sessionOf(recording) !== undefined;
  }

  sessionOf(recording: string): vscode.DebugSession | undefined {
    return [...this.#debugged].find(([, debugged]) => debugged === recording)?.[0];
  }

  /** Tells again where the debugger stands: for a page that has just been opened. */
  tell(): void {
    void this.#look(vscode.debug.activeStackItem);
  }

  move(recording: string, step: number): void {
    const session = this.sessionOf(recording);
    if (!session) return;
    this.#wanted = { step, until: Date.now() + PATIENCE };
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const item = vscode.debug.activeStackItem;
      // Already there: its frame was what led the page here.
      const frame =
        item instanceof vscode.DebugStackFrame && item.session === session ? item.frameId : undefined;
      this.#ask(session, `goto ${step}`, 'repl', frame).then(undefined, (error: unknown) => {
        this.#wanted = null;
        this.#log.warn(`The debugger did not go to step ${step}: ${String(error)}`);
      });
    }, PAUSE);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    for (const one of [...this.#listeners, this.#moved, this.#changed]) one.dispose();
  }

  /** `latest` means what was latest when debugging began. */
  #started(session: vscode.DebugSession): void {
    if (session.type !== DEBUG_TYPE) return;
    const { request, mode = 'session', session: named = 'latest', compare } = session.configuration;
    // The adapter says what a run is recorded as, and what is followed.
    if (request !== 'launch' || mode !== 'session') return;
    try {
      if (compare) this.#compared.set(session, this.#recordingOf(compare));
      this.#debugs(session, this.#recordingOf(named));
    } catch (error) {
      // The adapter tells the user.
      this.#log.debug(`debugged session ${named}: ${String(error)}`);
    }
  }

  #recordingOf(named: string): string {
    return /\.rw$/i.test(named) ? named : resolveId(this.#sessions.home, named);
  }

  #debugs(session: vscode.DebugSession, recording: string): void {
    this.#debugged.set(session, recording);
    this.#changed.fire();
    // It may stand somewhere already.
    this.tell();
  }

  async #look(item: vscode.DebugThread | vscode.DebugStackFrame | undefined): Promise<void> {
    if (!(item instanceof vscode.DebugStackFrame)) return;
    const compared = item.threadId === 2 ? this.#compared.get(item.session) : undefined;
    const recording = compared ?? this.#debugged.get(item.session);
    if (recording === undefined) return;
    try {
      const { result } = await this.#ask(item.session, 'step', 'watch', item.frameId);
      const step = Number(result);
      if (!Number.isSafeInteger(step) || this.#isOutdated(step)) return;
      this.#current = { recording, step };
      this.#moved.fire(this.#current);
    } catch (error) {
      // A frame of an earlier stop: the next one is on its way.
      this.#log.debug(`frame ${item.frameId}: ${String(error)}`);
    }
  }

  /** Whether this is a place that the debugger passes on its way to where it was sent. */
  #isOutdated(step: number): boolean {
    const wanted = this.#wanted;
    if (!wanted) return false;
    const arrived = wanted.step === step || Date.now() > wanted.until;
    if (arrived) this.#wanted = null;
    return !arrived;
  }

  #ask(
    session: vscode.DebugSession,
    expression: string,
    context: 'repl' | 'watch',
    frameId: number | undefined,
  ): Thenable<{ readonly result: string }> {
    return session.customRequest('evaluate', {
      expression,
      context,
      ...(frameId === undefined ? {} : { frameId }),
    });
  }
}
