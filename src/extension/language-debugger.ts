import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import * as vscode from 'vscode';
import type { Rewind } from './context.ts';
import { DebuggedProcess } from './debugged-process.ts';
import {
  type AgentStart,
  type LanguageConfiguration,
  languageConfiguration,
} from './language-configuration.ts';

/** The last word of the stand-in's own. */
const tokenOf = ({ configuration }: vscode.DebugSession): string => String(configuration.via?.[3] ?? '');

/** Marks the sessions that were started here. */
const AGENT = '__rewindAgent';

interface Launch {
  readonly wanted: LanguageConfiguration;
  readonly folder: vscode.WorkspaceFolder | undefined;
  /** Ours, once the editor has started it. */
  session?: vscode.DebugSession;
}

/**
 * Agents that run under a debugger of their language and under ours at once. The engine starts a stand-in with the
 * environment that it made; that tells us here, the language's debugger starts the agent, and what it says goes back.
 */
export class LanguageDebugger {
  readonly #rewind: Rewind;
  readonly #launches = new Map<string, Launch>();
  readonly #agents = new Map<string, DebuggedProcess>();
  #server: { readonly place: string; readonly listening: Promise<string>; close(): void } | undefined;

  constructor(rewind: Rewind) {
    this.#rewind = rewind;
    rewind.keep(
      this,
      vscode.debug.registerDebugAdapterTrackerFactory('*', {
        createDebugAdapterTracker: session => this.#agentOf(session)?.tracker(session),
      }),
      vscode.debug.onDidStartDebugSession(session => {
        const launch = this.#launches.get(tokenOf(session));
        if (launch) launch.session = session;
      }),
      vscode.debug.onDidTerminateDebugSession(session => {
        this.#launches.delete(tokenOf(session));
        this.#agents.get(session.configuration[AGENT])?.end();
      }),
    );
  }

  /** The launch configuration with a stand-in for the agent, where it names a debugger. Throws RewindError. */
  async prepare(
    folder: vscode.WorkspaceFolder | undefined,
    given: vscode.DebugConfiguration,
  ): Promise<vscode.DebugConfiguration> {
    const { debugger: named, ...rest } = given;
    if (named === undefined || named === null) return given;
    const wanted: LanguageConfiguration = typeof named === 'string' ? { type: named } : named;
    // Refused here, where the user reads it, and not once the agent is to start.
    languageConfiguration(wanted, { command: ['python', 'agent.py'], cwd: '', env: {} }, {});
    const token = randomUUID();
    this.#launches.set(token, { wanted, folder });
    this.#server ??= this.#listen();
    const standIn = vscode.Uri.joinPath(this.#rewind.engine.bin, 'under-debugger.mjs').fsPath;
    return {
      ...rest,
      env: { ...given.env, ELECTRON_RUN_AS_NODE: '1' },
      via: [process.execPath, standIn, await this.#server.listening, token],
    };
  }

  dispose(): void {
    for (const agent of this.#agents.values()) agent.end();
    this.#server?.close();
  }

  /** A socket of this user alone. */
  #listen(): { readonly place: string; readonly listening: Promise<string>; close(): void } {
    const windows = process.platform === 'win32';
    const place = mkdtempSync(join(tmpdir(), 'rewind-debugger-'));
    const path = windows ? `\\\\.\\pipe\\rewind-${randomUUID()}` : join(place, 'socket');
    const server: Server = createServer(socket => this.#meet(socket));
    const listening = new Promise<string>((resolve, reject) => {
      server.once('error', reject).listen(path, () => resolve(path));
    });
    return {
      place,
      listening,
      close: () => {
        server.close();
        rmSync(place, { recursive: true, force: true });
      },
    };
  }

  #meet(socket: Socket): void {
    socket.on('error', error => this.#rewind.log.warn(`stand-in of an agent: ${error.message}`));
    createInterface(socket).once('line', line => {
      const { token, ...start } = JSON.parse(line) as AgentStart & { readonly token: string };
      const launch = this.#launches.get(token);
      if (!launch) return socket.destroy();
      const id = randomUUID();
      const exitFile = join(this.#server?.place ?? tmpdir(), id);
      const agent = new DebuggedProcess(socket, exitFile);
      this.#agents.set(id, agent);
      socket.once('close', () => this.#agents.delete(id));
      this.#start(launch, id, { ...start, env: { ...start.env, ...this.#telling(start, exitFile) } }).then(
        started => {
          if (!started) agent.fail('The debugger of the agent did not start.');
        },
        (error: Error) => agent.fail(error.message),
      );
    });
  }

  /** For Node, whose debugger does not say how a program ended. */
  #telling({ env }: AgentStart, exitFile: string): Readonly<Record<string, string>> {
    const file = vscode.Uri.joinPath(this.#rewind.engine.bin, 'tell-exit.cjs').fsPath;
    const quoted = `"${file.replaceAll('\\', '\\\\')}"`;
    return {
      NODE_OPTIONS: [env.NODE_OPTIONS, '--require', quoted].filter(Boolean).join(' '),
      REWIND_EXIT_FILE: exitFile,
    };
  }

  async #start({ wanted, folder, session }: Launch, id: string, start: AgentStart): Promise<boolean> {
    const configuration = { ...languageConfiguration(wanted, start, process.env), [AGENT]: id };
    return vscode.debug.startDebugging(folder, configuration, {
      // Stop and Restart of the agent are those of the run.
      ...(session ? { parentSession: session, lifecycleManagedByParent: true } : {}),
      suppressSaveBeforeStart: true,
    });
  }

  /** A debugger may open a session for each process of the agent. */
  #agentOf(session: vscode.DebugSession | undefined): DebuggedProcess | undefined {
    for (let one = session; one; one = one.parentSession) {
      const token = one.configuration[AGENT];
      if (typeof token === 'string') return this.#agents.get(token);
    }
    return undefined;
  }
}
