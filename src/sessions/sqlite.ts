import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Database, SqlJsStatic } from 'sql.js';

/** Beside the bundle, beside its chunks, or in the package when run from source. */
const PLACES = ['./sql-wasm.wasm', '../sql-wasm.wasm', '../../node_modules/sql.js/dist/sql-wasm.wasm'];

let loading: Promise<SqlJsStatic> | undefined;

/** A database in memory, of these bytes or empty. sql.js is loaded only when it is needed: no recording waits for it. */
export async function openDatabase(bytes?: Uint8Array): Promise<Database> {
  loading ??= load();
  const { Database } = await loading;
  return new Database(bytes ?? null);
}

async function load(): Promise<SqlJsStatic> {
  const { default: init } = await import('sql.js');
  const found = PLACES.map(place => fileURLToPath(new URL(place, import.meta.url))).find(existsSync);
  if (!found) throw new Error('sql-wasm.wasm is missing from this installation');
  const wasm = readFileSync(found);
  return init({ wasmBinary: wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.byteLength) });
}
