import { RewindError } from '../errors.ts';
import { ERROR_KINDS } from '../providers/error-bodies.ts';

/** How the emulator behaves, beside what it says. Switchable at run time: see `control.ts`. */
export interface Behaviour {
  /** Glob over the model asked for → model named in the answer; the first that matches. Else the vendor's snapshot. */
  readonly models: Readonly<Record<string, string>>;
  /** Name of the script's answers to prefer. */
  readonly variant: string | null;
  /** Replacements in the texts that the model says. */
  readonly rewording: Readonly<Record<string, string>>;
  /** Sampling noise: each text is reworded with this probability (0 to 1), another way for every seed and request. */
  readonly noise: { readonly probability: number; readonly seed: string | number } | null;
  readonly latency: { readonly firstByteMs: number; readonly perChunkMs: number };
  /** Faults to come, the first that fits is taken; each is spent after `times` requests. */
  readonly faults: readonly Fault[];
  /** `auto`: whole bodies are gzipped where the client takes it, as vendors do; a coding forces it on streams too. */
  readonly encoding: (typeof CODINGS)[number];
  /** Text events of one stream; null = as the vendor splits. */
  readonly chunks: number | null;
}

export interface Fault {
  readonly kind: (typeof FAULT_KINDS)[number];
  /** Requests that it befalls; null = all. */
  readonly times: number | null;
  /** Glob over the path: which requests it befalls. */
  readonly path: string;
  /** What an error's retry-after says, in seconds. */
  readonly retryAfter: number | null;
  /**
   * Events of a stream that still come before `cut`, `reset`, `end-early`, or before an error that then stands inside the
   * stream; null: none, not even the head.
   */
  readonly afterEvents: number | null;
  /** `slow`: milliseconds before the first byte. */
  readonly delayMs: number;
}

export const CODINGS = ['auto', 'identity', 'gzip', 'br', 'zstd'] as const;

/** Faults that befall a good answer on its way. */
export const TRANSPORT_FAULTS = [
  // The connection closes early (FIN).
  'cut',
  // The connection is reset (RST).
  'reset',
  // The body ends properly, but too early.
  'end-early',
  'slow',
] as const;
export type TransportFault = (typeof TRANSPORT_FAULTS)[number];

/** An error in the vendor's words, or a fault of the transport. */
export const FAULT_KINDS = [...ERROR_KINDS, ...TRANSPORT_FAULTS] as const;

/** What callers give: any part of it. */
export type BehaviourChange = Partial<Omit<Behaviour, 'faults' | 'latency'>> & {
  readonly faults?: readonly FaultChange[];
  readonly latency?: Partial<Behaviour['latency']>;
};
export type FaultChange = Pick<Fault, 'kind'> & Partial<Fault>;

export const CALM: Behaviour = {
  models: {},
  variant: null,
  rewording: {},
  noise: null,
  latency: { firstByteMs: 0, perChunkMs: 0 },
  faults: [],
  encoding: 'auto',
  chunks: null,
};

/** The behaviour with some of its fields replaced. RewindError `bad-behaviour` for what it does not know. */
export function changed(behaviour: Behaviour, change: BehaviourChange): Behaviour {
  const unknown = Object.keys(change).find(key => !Object.hasOwn(CALM, key));
  if (unknown !== undefined) bad(`\`${unknown}\` is not known; known are ${Object.keys(CALM).join(', ')}`);
  if (change.encoding && !CODINGS.includes(change.encoding))
    bad(`\`encoding\` must be one of ${CODINGS.join(', ')}`);
  return {
    ...behaviour,
    ...change,
    latency: { ...behaviour.latency, ...change.latency },
    faults: change.faults ? change.faults.map(wholeFault) : behaviour.faults,
  };
}

/** A fault with what was left out filled in: once, on any path. */
export function wholeFault(fault: FaultChange): Fault {
  if (!FAULT_KINDS.includes(fault.kind)) bad(`a fault's \`kind\` must be one of ${FAULT_KINDS.join(', ')}`);
  return { times: 1, path: '*', retryAfter: null, afterEvents: null, delayMs: 0, ...fault };
}

function bad(what: string): never {
  throw new RewindError('bad-behaviour', `Behaviour: ${what}.`, 'See docs/emulator.md for the behaviours.');
}
