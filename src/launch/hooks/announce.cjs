'use strict';
// Announces call sites: adds the private header to requests for intercepted hosts, and to no other (it holds local
// paths). The proxy strips it. Format: src/wire/call-site.ts.

const { AsyncLocalStorage, executionAsyncId } = require('node:async_hooks');
const { continued, mapped, userFrames } = require('./frames.cjs');

const header = 'x-rewind-site';
const session = 'rewind-session';

/** The named session that the agent's code is in, where it uses `rewind.session`. */
const sessionTag = () => globalThis[Symbol.for('rewind.session')]?.getStore();
const longest = 4096;
const mostFrames = 8;

/** `patchClients(clients)` is given what the patches of a runtime's clients need. */
exports.announce = (isIntercepted, mode, proxyUrl, patchClients) => {
  const inherit = mode === 'deep' ? require('./inherit.cjs') : undefined;
  inherit?.startInheriting();
  const atFetch = inherit ? undefined : new AsyncLocalStorage();
  let sequence = 0;

  /** Stack first, then what led here, then V8's own async stack, which alone is often a coarser or wrong line. */
  const describe = () => {
    let frames = atFetch?.getStore() ?? userFrames(mostFrames);
    let via = frames ? 'stack' : 'none';
    const add = (more, how) => {
      if (!frames && more) via = how;
      frames = continued(frames, more);
    };
    if (inherit) {
      add(inherit.inheritedFrames(), 'inherited');
      inherit.callMade();
    }
    if (!frames || frames.length < 4) add(userFrames(mostFrames, true), 'async');
    return { frames: distinct((frames ?? []).map(mapped)), via };
  };

  const value = () => {
    const { frames, via } = describe();
    const site = {
      v: 1,
      l: 'n',
      q: ++sequence,
      p: process.pid,
      t: require('node:worker_threads').threadId, // 3 ms to load
      k: String(executionAsyncId()),
      w: via[0],
      f: frames,
    };
    for (;;) {
      const text = Buffer.from(JSON.stringify(site)).toString('base64url');
      if (text.length <= longest || site.f.length === 0) return text;
      site.f.pop();
    }
  };

  /** Requests for intercepted hosts, and those that a base URL sends to the proxy itself. */
  const isTarget = (origin, path) => {
    const { hostname, port, protocol, origin: asked } = new URL(origin);
    if (asked === proxyUrl) return path.startsWith('/_rewind/');
    return isIntercepted(hostname, Number(port) || (protocol === 'http:' ? 80 : 443));
  };

  const withFrames = (frames, call) => {
    if (!frames) return call();
    return inherit ? inherit.withFrames(frames, call) : atFetch.run(frames, call);
  };
  const stack = () => userFrames(mostFrames);
  // For the helper `rewind.tool`, which says itself where a tool is called.
  Object.defineProperty(globalThis, Symbol.for('rewind.site'), { value });
  return patchClients({ header, isTarget, value, session, sessionTag, stack, withFrames });
};

function distinct(frames) {
  const seen = new Set();
  const first = frames.filter(([file, line, column]) => {
    const key = `${file}:${line}:${column}`;
    return !seen.has(key) && seen.add(key);
  });
  return first.slice(0, mostFrames);
}
