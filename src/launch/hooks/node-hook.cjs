'use strict';
// Loaded into every Node process of an agent by NODE_OPTIONS=--require (Bun and Deno preload it too). It routes
// intercepted hosts to our proxy and says in a private header where each call came from. It must never change what the
// agent does: every error in here is silence, nothing is printed, nothing keeps the event loop alive.
//
//   REWIND_PROXY  http://127.0.0.1:port      REWIND_HOSTS  host[:port] patterns, comma-separated
//   REWIND_ENV_PROXY  set where NODE_USE_ENV_PROXY is ours, not the user's
//   REWIND_CA     our CA, PEM file           REWIND_SITES  off | fast | deep
//
// Plain CommonJS for Node 18 and later, no dependency.

const loaded = Symbol.for('rewind.hook');

if (process.env.REWIND_PROXY && process.env.REWIND_HOSTS && !globalThis[loaded]) {
  Object.defineProperty(globalThis, loaded, { value: true });
  const quietly = part => {
    try {
      part();
    } catch {
      // silence is the contract
    }
  };
  quietly(() => {
    const isIntercepted = require('./hosts.cjs').readHosts(
      process.env.REWIND_HOSTS,
      process.env.REWIND_PROXY,
    );
    quietly(() => require('./route.cjs').route(isIntercepted, process.env.REWIND_PROXY));
    if (process.env.REWIND_ENV_PROXY) quietly(() => require('./env-proxy-warning.cjs').takeBack());
    quietly(() => require('./trust.cjs').trust(process.env.REWIND_CA));
    const mode = process.env.REWIND_SITES || 'deep';
    if (mode !== 'off') quietly(() => require('./announce.cjs').announce(isIntercepted, mode));
    quietly(() => require('node:module').syncBuiltinESMExports());
  });
}
