'use strict';
// V8's stack as call sites. It is taken in a realm of our own, with an `Error` of its own: the agent's `Error`, its
// `prepareStackTrace` and its `stackTraceLimit` are not touched, and what the agent makes of them does not matter.

/** A function `(visit, limit)`: calls `visit(sites)` with the present stack, innermost first, at most `limit` frames. */
exports.stackVisitor = () => (process.versions.bun || process.versions.deno ? borrowing : inOwnRealm());

function inOwnRealm() {
  const vm = require('node:vm');
  const realm = vm.createContext(Object.create(null), { name: 'rewind' });
  return vm.runInContext(
    `(() => {
      const { captureStackTrace } = Error;
      let visit;
      Error.prepareStackTrace = (_error, sites) => visit(sites);
      return (visitor, limit) => {
        visit = visitor;
        Error.stackTraceLimit = limit;
        const holder = {};
        captureStackTrace(holder);
        void holder.stack;
      };
    })()`,
    realm,
  );
}

/** Bun and Deno: the agent's `Error` is borrowed and given back; one that does not lend itself shows no stack. */
function borrowing(visit, limit) {
  const before = Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace');
  if (before && (!before.writable || !before.configurable)) return;
  if (!before && !Object.isExtensible(Error)) return;
  const limitBefore = Object.getOwnPropertyDescriptor(Error, 'stackTraceLimit');
  if (limitBefore && !limitBefore.writable) return;
  try {
    Error.stackTraceLimit = limit;
    Error.prepareStackTrace = (_error, sites) => {
      visit(sites);
      return '';
    };
    const holder = {};
    Error.captureStackTrace(holder);
    void holder.stack;
  } finally {
    if (before) Object.defineProperty(Error, 'prepareStackTrace', before);
    else delete Error.prepareStackTrace;
    if (limitBefore) Error.stackTraceLimit = limitBefore.value;
    else delete Error.stackTraceLimit;
  }
}
