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

const quietly = part => {
  try {
    part();
  } catch {
    // silence is the contract
  }
};

/** Deno asks the user, or throws, where a permission is missing: then its own fetch is proxied by variables alone. */
function isAllowed() {
  const permissions = globalThis.Deno?.permissions;
  if (!permissions) return true;
  const has = descriptor => permissions.querySync(descriptor).state === 'granted';
  return has({ name: 'env' }) && has({ name: 'read', path: __dirname }) && has({ name: 'net' });
}

quietly(() => {
  if (globalThis[loaded] || !isAllowed()) return;
  const { REWIND_PROXY, REWIND_HOSTS, REWIND_ENV_PROXY, REWIND_CA, REWIND_SITES = 'deep' } = process.env;
  if (!REWIND_PROXY || !REWIND_HOSTS) return;
  Object.defineProperty(globalThis, loaded, { value: true });
  const foreign = Boolean(process.versions.bun || process.versions.deno);
  const isIntercepted = require('./hosts.cjs').readHosts(REWIND_HOSTS, REWIND_PROXY);

  let trusting;
  const trust = (socket, options) => {
    trusting ??= REWIND_CA ? require('./trust.cjs').trust(REWIND_CA) : () => undefined;
    trusting(socket, options);
  };
  let announceStreams;
  const onRouted = (socket, options) => {
    quietly(() => trust(socket, options));
    quietly(() => announceStreams?.(socket, options));
  };
  quietly(() => require('./route.cjs').route(isIntercepted, REWIND_PROXY, onRouted));
  if (foreign) quietly(() => trust());
  if (REWIND_ENV_PROXY) quietly(() => require('./env-proxy-warning.cjs').takeBack());
  if (REWIND_SITES === 'off') return;
  quietly(() => {
    const clients = foreign
      ? require('./foreign-clients.cjs').foreignClients
      : require('./node-clients.cjs').nodeClients;
    const mode = foreign ? 'fast' : REWIND_SITES;
    announceStreams = require('./announce.cjs').announce(isIntercepted, mode, REWIND_PROXY, clients);
  });
});
