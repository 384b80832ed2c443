import type * as vscode from 'vscode';
import type { SessionSummary } from '../sessions/session.ts';
import type { DebuggerPosition } from './debugger-position.ts';
import type { Engine } from './engine.ts';
import type { Recordings } from './recordings.ts';
import type { Selection } from './selection.ts';
import type { SessionList } from './session-list.ts';
import type { Settings } from './settings.ts';
import type { Timelines } from './timelines.ts';

/** What every contribution is given; made once, in `activate`. */
export interface Rewind {
  readonly extension: vscode.ExtensionContext;
  readonly log: vscode.LogOutputChannel;
  readonly settings: Settings;
  readonly engine: Engine;
  readonly sessions: SessionList;
  readonly recordings: Recordings;
  readonly timelines: Timelines;
  readonly selection: Selection;
  readonly position: DebuggerPosition;
  /** Lets the user choose one of the latest sessions, but not `without`. */
  pickSession(title: string, without?: SessionSummary): Promise<SessionSummary | undefined>;
  /** Registers a command: a failure is logged, and shown in the words of its RewindError. */
  command(id: string, run: (...args: never[]) => unknown): void;
  /** Shows an error to the user and logs it. */
  tell(error: unknown): void;
  /** Disposed of with the extension. */
  keep(...disposables: readonly vscode.Disposable[]): void;
}

/** A contribution: registers what it adds to the editor. */
export type Contribution = (rewind: Rewind) => void;
