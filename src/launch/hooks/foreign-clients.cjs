'use strict';
// Bun's and Deno's clients, which are their own below Node's names.

const { dress } = require('./dress.cjs');

exports.foreignClients = ({ header, isTarget, value, session, sessionTag }) => {
  const announced = (input, init) => {
    const request = typeof Request === 'function' && input instanceof Request ? input : undefined;
    const { origin, pathname } = new URL(request ? request.url : input);
    if (!isTarget(origin, pathname)) return init;
    const headers = new Headers(init?.headers ?? request?.headers);
    headers.set(header, value());
    const tag = sessionTag();
    if (tag !== undefined) headers.set(session, tag);
    return { ...init, headers };
  };

  function onFetch() {
    const fetch = globalThis.fetch;
    const patched = dress(function (...args) {
      let given = args;
      try {
        given = [args[0], announced(...args)];
      } catch {
        // silence is the contract
      }
      return fetch.apply(this, given);
    }, fetch);
    for (const key of Object.keys(fetch)) patched[key] = fetch[key]; // Bun: fetch.preconnect
    const descriptor = Object.getOwnPropertyDescriptor(globalThis, 'fetch');
    Object.defineProperty(globalThis, 'fetch', {
      value: patched,
      writable: true,
      configurable: true,
      enumerable: descriptor?.enumerable ?? true,
    });
  }

  function onHttp(module) {
    const { get, request } = module;
    module.request = dress(function (...args) {
      const made = request.apply(this, args);
      try {
        const host = made.getHeader('host') ?? made.host;
        if (!made.headersSent && isTarget(`${made.protocol}//${host}`, made.path)) {
          made.setHeader(header, value());
          const tag = sessionTag();
          if (tag !== undefined) made.setHeader(session, tag);
        }
      } catch {
        // silence is the contract
      }
      return made;
    }, request);
    module.get = dress((...args) => {
      const made = module.request(...args);
      made.end();
      return made;
    }, get);
  }

  for (const part of [
    onFetch,
    () => onHttp(require('node:http')),
    () => onHttp(require('node:https')),
    () => require('node:module').syncBuiltinESMExports(),
  ]) {
    try {
      part();
    } catch {
      // one client without sites; the others keep theirs
    }
  }
};
