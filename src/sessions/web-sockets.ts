/** WebSockets are not recorded; that there were some is. */
export interface WebSocketSeen {
  /** Milliseconds since the session's start. */
  readonly at: number;
  /** `wss://host/path`, without what may follow the path. */
  readonly url: string;
  /** False where it was refused: a replay has no answer to it. */
  readonly passed: boolean;
}

/** `2 WebSocket connections to api.openai.com passed unrecorded; a replay refuses them`; nothing where there were none. */
export function webSocketWarnings(seen: readonly WebSocketSeen[]): readonly string[] {
  return [true, false].flatMap(passed => {
    const some = seen.filter(each => each.passed === passed);
    if (some.length === 0) return [];
    const hosts = [...new Set(some.map(({ url }) => url.replace(/^wss?:\/\/([^/]*).*$/s, '$1')))];
    const [what, them] =
      some.length === 1 ? ['1 WebSocket connection', 'it'] : [`${some.length} WebSocket connections`, 'them'];
    const which = `${what} to ${hosts.join(', ')}`;
    return passed
      ? [`${which} passed unrecorded; a replay refuses ${them}`]
      : [`${which} refused: WebSockets are not recorded, so they cannot be replayed`];
  });
}
