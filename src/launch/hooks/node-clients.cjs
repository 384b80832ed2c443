'use strict';
// Node's clients: where each of them takes a request, the header is added. Nothing is loaded for it that the agent may
// not need: `node:https` and `node:http2` cost 10 ms each.

const diagnostics = require('node:diagnostics_channel');
const { dress } = require('./dress.cjs');

/** Returns `onRouted(socket, options)`. */
exports.nodeClients = ({ header, isTarget, value, session, sessionTag, stack, withFrames }) => {
  const streams = http2Streams(() => {
    const tag = sessionTag();
    return tag === undefined ? { [header]: value() } : { [header]: value(), [session]: tag };
  });
  const parts = [() => onFetch(stack, withFrames), () => onUndici(), () => onHttp()];

  /** Node's own undici and npm's publish on the same channel. */
  function onUndici() {
    const channel = diagnostics.channel('undici:request:create');
    exports.channel = channel; // a channel nobody holds is collected, its subscribers too
    channel.subscribe(({ request }) => {
      try {
        if (request.method === 'CONNECT' || !isTarget(request.origin, request.path)) return;
        request.addHeader(header, value());
        const tag = sessionTag();
        if (tag !== undefined) request.addHeader(session, tag);
      } catch {
        // silence is the contract
      }
    });
  }

  /** `http.request` and `https.request` alike hand a new request to its agent; without one it begins by its head. */
  function onHttp() {
    const { Agent, ClientRequest } = require('node:http');
    const seen = new WeakSet();
    const announce = request => {
      if (seen.has(request)) return;
      seen.add(request);
      const host = request.getHeader('host') ?? request.host;
      if (request.method === 'CONNECT' || request.headersSent) return;
      if (!isTarget(`${request.protocol}//${host}`, request.path)) return;
      request.setHeader(header, value());
      const tag = sessionTag();
      if (tag !== undefined) request.setHeader(session, tag);
    };
    before(Agent.prototype, 'addRequest', (_agent, request) => announce(request));
    before(ClientRequest.prototype, '_implicitHeader', request => announce(request));
  }

  for (const part of parts) {
    try {
      part();
    } catch {
      // one client without sites; the others keep theirs
    }
  }
  return streams.onRouted;
};

/** Calls `first(this, ...args)` before each call of a method. */
function before(prototype, name, first) {
  const method = prototype[name];
  prototype[name] = dress(function (...args) {
    try {
      first(this, ...args);
    } catch {
      // silence is the contract
    }
    return method.apply(this, args);
  }, method);
}

/** `fetch` dispatches later: the stack is read when it is called. */
function onFetch(stack, withFrames) {
  const fetch = globalThis.fetch;
  if (typeof fetch !== 'function') return;
  const patched = dress(function (...args) {
    let frames;
    try {
      frames = stack();
    } catch {
      // silence is the contract
    }
    return withFrames(frames, () => fetch.apply(this, args));
  }, fetch);
  const descriptor = Object.getOwnPropertyDescriptor(globalThis, 'fetch');
  Object.defineProperty(globalThis, 'fetch', { ...descriptor, value: patched });
}

/** HTTP/2 streams of sessions whose connection was routed. */
function http2Streams(added) {
  const routed = Symbol('rewind.routed');
  let patched = false;

  function patch() {
    patched = true;
    const http2 = require('node:http2');
    const { Duplex } = require('node:stream');
    // The class of sessions is not exported: one that speaks to nobody tells it.
    const createConnection = () => new Duplex({ read: () => undefined, write: (_b, _e, done) => done() });
    const session = http2.connect('http://localhost', { createConnection });
    session.on('error', () => undefined).destroy();
    const { prototype } = session.constructor;
    const request = prototype.request;
    prototype.request = dress(function (headers, ...rest) {
      return request.call(this, announced(this, headers), ...rest);
    }, request);
  }

  function announced(session, headers) {
    try {
      if (!session.socket[routed]) return headers;
      const ours = added();
      if (!Array.isArray(headers)) return { ...ours, ...headers };
      return Object.keys(ours).some(name => headers.includes(name))
        ? headers
        : [...headers, ...Object.entries(ours).flat()];
    } catch {
      return headers;
    }
  }

  return {
    onRouted(socket, options) {
      if (!String(options.ALPNProtocols ?? '').includes('h2')) return;
      Object.defineProperty(socket, routed, { value: true });
      if (!patched) patch();
    },
  };
}
