'use strict';
// Trust where NODE_EXTRA_CA_CERTS does not reach: clients that bring their own `ca` list, and programs that replace
// the default list. Our CA is added to theirs; it is limited by name constraints to the intercepted hosts.

const { readFileSync } = require('node:fs');
const tls = require('node:tls');
const { dress } = require('./route.cjs');

exports.trust = file => {
  if (!file) return;
  const ours = readFileSync(file, 'utf8');
  const createSecureContext = tls.createSecureContext;
  tls.createSecureContext = function (options, ...rest) {
    return createSecureContext.call(this, withOurs(options, ours), ...rest);
  };
  dress(tls.createSecureContext, createSecureContext);

  const setDefault = tls.setDefaultCACertificates;
  if (!setDefault) return;
  tls.setDefaultCACertificates = function (certificates) {
    return setDefault.call(this, Array.isArray(certificates) ? [...certificates, ours] : certificates);
  };
  dress(tls.setDefaultCACertificates, setDefault);
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
