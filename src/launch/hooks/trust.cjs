'use strict';
// Trust where NODE_EXTRA_CA_CERTS does not reach: clients that bring their own `ca` list, and programs that replace
// the default list. Our CA is added to theirs; it is limited by name constraints to the intercepted hosts. A process that
// is intercepted late (a test run: REWIND_LATE) was born without that variable, and Nodes before 22.19 read it at birth.
//
// `node:tls` takes 10 ms to load, which a program that never connects does not pay: it is patched when the first
// connection is routed. That one may have its context already, so our CA is added to it.

const { dress } = require('./dress.cjs');

exports.trust = file => {
  const ours = require('node:fs').readFileSync(file, 'utf8');
  const tls = require('node:tls');
  const late = Boolean(process.env.REWIND_LATE);
  const createSecureContext = tls.createSecureContext;
  tls.createSecureContext = dress(function (options, ...rest) {
    return createSecureContext.call(this, withOurs(options, ours), ...rest);
  }, createSecureContext);

  const setDefault = tls.setDefaultCACertificates;
  const replaced = setDefault && !tls.getCACertificates('default').some(each => each.trim() === ours.trim());
  if (setDefault) {
    tls.setDefaultCACertificates = dress(function (certificates) {
      return setDefault.call(this, Array.isArray(certificates) ? [...certificates, ours] : certificates);
    }, setDefault);
  }
  if (replaced) tls.setDefaultCACertificates(tls.getCACertificates('default'));
  require('node:module').syncBuiltinESMExports();

  /** For a TLS socket that was made before all this. */
  return (socket, options) => {
    if (options?.ca || replaced || late) socket?._tlsOptions?.secureContext?.context.addCACert(ours);
  };
};

function withOurs(options, ours) {
  try {
    if (!options?.ca) return options;
    const copy = Object.create(Object.getPrototypeOf(options), Object.getOwnPropertyDescriptors(options));
    return Object.defineProperty(copy, 'ca', { value: [options.ca, ours].flat(), enumerable: true });
  } catch {
    return options;
  }
}
