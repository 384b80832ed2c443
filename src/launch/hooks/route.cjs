'use strict';
// Routing: the TCP target of intercepted hosts becomes our proxy, whatever agent, dispatcher or HTTP version the
// client brings. SNI and Host stay as they are and tell the proxy where the request was meant to go; a port other
// than the scheme's own stands in Host. Clients that ignore proxy variables would reach the provider during a replay
// and be billed: this is the guard against that.

const net = require('node:net');
const { dress } = require('./dress.cjs');

/** `onRouted(socket, options)`: told of each connection that is about to be made to the proxy. */
exports.route = (isIntercepted, proxyUrl, onRouted) => {
  const proxyPort = Number(new URL(proxyUrl).port);
  const connect = net.Socket.prototype.connect;

  /** Node's own normal form, `[options, callback]`, of `connect`'s arguments. */
  const normalise = args => (Array.isArray(args[0]) ? args[0] : net._normalizeArgs(args));

  const rewritten = args => {
    const normal = normalise(args);
    const options = normal[0];
    if (!options || options.path) return undefined;
    if (options.host === '127.0.0.1' && Number(options.port) === proxyPort) return normal; // by proxy variables
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

  net.Socket.prototype.connect = dress(function (...args) {
    let normal;
    try {
      normal = rewritten(args);
      if (normal) onRouted(this, normal[0]);
    } catch {
      // silence is the contract; what could not be routed goes as it would
    }
    return normal ? connect.call(this, normal) : connect.apply(this, args);
  }, connect);
};
