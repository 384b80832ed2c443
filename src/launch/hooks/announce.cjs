'use strict';
// Announces call sites: adds the private header to requests for intercepted hosts, and to no other (it holds local
// paths). The proxy strips it. Format: src/wire/call-site.ts.

const { AsyncLocalStorage, executionAsyncId } = require('node:async_hooks');
const diagnostics = require('node:diagnostics_channel');
const http = require('node:http');
const https = require('node:https');
const { threadId } = require('node:worker_threads');
const { continued, mapped, userFrames } = require('./frames.cjs');
const inherit = require('./inherit.cjs');
const { dress } = require('./route.cjs');

const header = 'x-rewind-site';
const longest = 4096;
const mostFrames = 8;

exports.announce = (isIntercepted, mode, proxyUrl) => {
  const deep = mode === 'deep' && !process.versions.bun && !process.versions.deno;
  if (deep) inherit.startInheriting();
  const atFetch = deep ? undefined : new AsyncLocalStorage();
  let sequence = 0;

  /** Stack first, then what led here, then V8's own async stack, which alone is often a coarser or wrong line. */
  const describe = () => {
    let frames = atFetch?.getStore() ?? userFrames(mostFrames);
    let via = frames ? 'stack' : 'none';
    const add = (more, how) => {
      if (!frames && more) via = how;
      frames = continued(frames, more);
    };
    if (deep) {
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
      t: threadId,
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

  const parts = [
    () => onFetch(isTarget, value, atFetch),
    () => onUndici(isTarget, value),
    () => onHttp(isTarget, value),
    () => onHttp2(isTarget, value),
  ];
  for (const part of parts) {
    try {
      part();
    } catch {
      // one client without sites; the others keep theirs
    }
  }
};

function distinct(frames) {
  const seen = new Set();
  const first = frames.filter(([file, line, column]) => {
    const key = `${file}:${line}:${column}`;
    return !seen.has(key) && seen.add(key);
  });
  return first.slice(0, mostFrames);
}

function split(url) {
  const { origin, pathname } = new URL(url);
  return [origin, pathname];
}

/** `fetch` dispatches later: the stack is read when it is called. Bun's and Deno's have no undici below them. */
function onFetch(isTarget, value, atFetch) {
  const fetch = globalThis.fetch;
  if (typeof fetch !== 'function') return;
  const foreign = process.versions.bun || process.versions.deno;

  const withHeader = (input, init) => {
    const request = typeof Request === 'function' && input instanceof Request ? input : undefined;
    if (!isTarget(...split(request ? request.url : input))) return init;
    const headers = new Headers(init?.headers ?? request?.headers);
    headers.set(header, value());
    return { ...init, headers };
  };
  const patched = function (...args) {
    let frames;
    let given = args;
    try {
      if (foreign) given = [args[0], withHeader(...args)];
      else frames = userFrames(mostFrames);
    } catch {
      // silence is the contract
    }
    const call = () => fetch.apply(this, given);
    if (foreign || !frames) return call();
    return atFetch ? atFetch.run(frames, call) : inherit.withFrames(frames, call);
  };
  dress(patched, fetch);
  for (const key of Object.keys(fetch)) patched[key] = fetch[key]; // Bun: fetch.preconnect
  const before = Object.getOwnPropertyDescriptor(globalThis, 'fetch');
  Object.defineProperty(globalThis, 'fetch', {
    value: patched,
    writable: true,
    configurable: true,
    enumerable: before?.enumerable ?? true,
  });
}

/** Node's own undici and npm's publish on the same channel. */
function onUndici(isTarget, value) {
  const channel = diagnostics.channel('undici:request:create');
  exports.channel = channel; // a channel nobody holds is collected, its subscribers too
  channel.subscribe(({ request }) => {
    try {
      if (request.method !== 'CONNECT' && isTarget(request.origin, request.path))
        request.addHeader(header, value());
    } catch {
      // silence is the contract
    }
  });
}

function onHttp(isTarget, value) {
  for (const module of [http, https]) {
    const request = module.request;
    module.request = function (...args) {
      const made = request.apply(this, args);
      try {
        const host = made.getHeader('host') ?? made.host;
        if (
          made.method !== 'CONNECT' &&
          !made.headersSent &&
          isTarget(`${made.protocol}//${host}`, made.path)
        ) {
          made.setHeader(header, value());
        }
      } catch {
        // silence is the contract
      }
      return made;
    };
    dress(module.request, request);
    const get = module.get;
    module.get = (...args) => {
      const made = module.request(...args);
      made.end();
      return made;
    };
    dress(module.get, get);
  }
}

function onHttp2(isTarget, value) {
  const http2 = require('node:http2');
  const connect = http2.connect;
  http2.connect = function (authority, ...rest) {
    const session = connect.call(this, authority, ...rest);
    try {
      if (isTarget(String(authority), '')) announceStreams(session, value);
    } catch {
      // silence is the contract
    }
    return session;
  };
  dress(http2.connect, connect);
}

function announceStreams(session, value) {
  const request = session.request;
  const patched = function (headers, ...rest) {
    let given = headers;
    try {
      given = Array.isArray(headers) ? [...headers, header, value()] : { ...headers, [header]: value() };
    } catch {
      given = headers;
    }
    return request.call(this, given, ...rest);
  };
  Object.defineProperty(session, 'request', {
    value: patched,
    writable: true,
    configurable: true,
    enumerable: false,
  });
}
