'use strict';
// Routing: the TCP target of intercepted hosts becomes our proxy, whatever agent, dispatcher or HTTP version the
// client brings. SNI and Host stay as they are and tell the proxy where the request was meant to go; a port other
// than the scheme's own stands in Host. Clients that ignore proxy variables would reach the provider during a replay
// and be billed: this is the guard against that.

const net = require('node:net');

exports.route = (isIntercepted, proxyUrl) => {
  const proxyPort = Number(new URL(proxyUrl).port);
  const connect = net.Socket.prototype.connect;

  /** Node's own normal form, `[options, callback]`, of `connect`'s arguments. */
  const normalise = args => (Array.isArray(args[0]) ? args[0] : net._normalizeArgs(args));

  const rewritten = args => {
    const normal = normalise(args);
    const options = normal[0];
    if (!options || options.path) return undefined;
    const wanted =
      isIntercepted(options.host ?? options.hostname ?? 'localhost', options.port) ||
      (options.servername && isIntercepted(options.servername, options.port));
    if (!wanted) return undefined;
    normal[0] = {
      ...options,
      host: '127.0.0.1',
      port: proxyPort,
      family: 4,
      autoSelectFamily: false,
      lookup: undefined,
      localAddress: undefined,
      localPort: undefined,
    };
    return normal;
  };

  net.Socket.prototype.connect = function (...args) {
    let normal;
    try {
      normal = rewritten(args);
    } catch {
      normal = undefined;
    }
    return normal ? connect.call(this, normal) : connect.apply(this, args);
  };
  dress(net.Socket.prototype.connect, connect);
};

/** A patched function looks like the one it stands for. */
function dress(patched, original) {
  for (const key of ['name', 'length'])
    Object.defineProperty(patched, key, { value: original[key], configurable: true });
}
exports.dress = dress;
