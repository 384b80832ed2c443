import type { DebugProtocol } from '@vscode/debugprotocol';

/** The editor at the other end: what it can do, and how it is told things. */
export interface Client {
  readonly can: Partial<DebugProtocol.InitializeRequestArguments>;
  send(event: string, body?: object): void;
  /** Our lines and columns count from 1; the client's may count from 0. */
  lineOut(line: number): number;
  lineIn(line: number): number;
  columnOut(column: number): number;
}
