import type { BehaviourChange } from './behaviour.ts';
import type { Controls } from './control.ts';
import { listen } from './listener.ts';
import type { Script } from './script.ts';
import { serve } from './serve.ts';
import { EmulatorState } from './state.ts';

export interface EmulatorOptions {
  /** 0 or absent = a free one. */
  readonly port?: number;
  /** With a certificate (PEM) the same port speaks TLS too. */
  readonly tls?: { readonly key: string; readonly cert: string };
  readonly script?: Script;
  readonly behaviour?: BehaviourChange;
  /** Seeds ids and noise: equal seeds and requests give equal answers, times apart. */
  readonly seed?: string | number;
}

/** The embedded provider. */
export interface Emulator extends Controls {
  readonly port: number;
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** `https://127.0.0.1:PORT`, where a certificate was given. */
  readonly tlsUrl?: string;
  /** Frees the port and breaks what is open. Idempotent. */
  close(): Promise<void>;
}

/** Starts a local server, on 127.0.0.1 only, that speaks each vendor's wire format. */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const state = new EmulatorState(options);
  const { port, close } = await listen(options.port ?? 0, options.tls, (message, response) =>
    serve(state, message, response),
  );
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    ...(options.tls ? { tlsUrl: `https://127.0.0.1:${port}` } : {}),
    get requests() {
      return state.requests;
    },
    get behaviour() {
      return state.behaviour;
    },
    behave: change => state.behave(change),
    useScript: script => state.useScript(script),
    reset: () => state.reset(),
    close,
  };
}
