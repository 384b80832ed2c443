'use strict';
// Node's hooks leave their async ids on every promise, where `console.log(promise)` shows them. They are kept in private
// fields instead, behind accessors of Promise.prototype.

const { privateField } = require('./private-field.cjs');

const OwnPromise = Promise; // before anyone replaces it
let symbols;
let behindAccessors = false;

function hideEach(promise) {
  for (const symbol of symbols) {
    if (Object.hasOwn(promise, symbol)) Object.defineProperty(promise, symbol, { enumerable: false });
  }
}

/** Called with each promise when it is made. Those of other realms, and of a frozen one, are served one by one. */
exports.hideAsyncIds = promise => {
  if (behindAccessors && promise instanceof OwnPromise) return;
  symbols ??= Object.getOwnPropertySymbols(promise);
  hideEach(promise);
  if (behindAccessors || !Object.isExtensible(OwnPromise.prototype)) return;
  for (const symbol of symbols) {
    const id = privateField();
    Object.defineProperty(OwnPromise.prototype, symbol, {
      get() {
        return id.get(this);
      },
      set(value) {
        id.set(this, value);
      },
      enumerable: false,
      configurable: true,
    });
  }
  behindAccessors = true;
};
