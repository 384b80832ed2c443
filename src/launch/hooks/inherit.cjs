'use strict';
// Deep mode: where V8's async stack ends (then-chains, timers, SDK internals), the nearest user frame is inherited
// along the asynchronous graph: it is noted on every promise, timer and tick when it is created and found again when
// the request is made. Notes are not enumerable, so that no `console.log(promise)` shows them; Node's own async ids,
// which its hooks leave on promises, are hidden for the same reason.

const { createHook, executionAsyncResource } = require('node:async_hooks');
const { performance } = require('node:perf_hooks');
const { continued, userFrames } = require('./frames.cjs');

const note = Symbol('rewind.frames');
const kept = 4;

// A capture costs about 10 µs: a bucket of tokens bounds what a program with very many promises pays. Too small a
// bucket loses sites.
const bucketSize = 50_000;
const refillPerMs = 5;
const tokensPerCall = 1_500;
let tokens = bucketSize;
let refilledAt = performance.now();

function takeToken() {
  if (tokens <= 0) {
    const now = performance.now();
    if (now - refilledAt < 50) return false;
    tokens = Math.min(bucketSize, tokens + (now - refilledAt) * refillPerMs);
    refilledAt = now;
  }
  tokens--;
  return true;
}

const hidden = { value: undefined, enumerable: false, writable: true, configurable: true };
function putHidden(target, key, value) {
  hidden.value = value;
  Object.defineProperty(target, key, hidden);
}

const capturing = new Set(['PROMISE', 'Timeout', 'Immediate', 'TickObject', 'Microtask']);
let promiseIds;

function init(_id, type, _trigger, resource) {
  try {
    if (type === 'PROMISE') {
      promiseIds ??= Object.getOwnPropertySymbols(resource);
      for (const id of promiseIds) putHidden(resource, id, resource[id]);
    }
    const inherited = executionAsyncResource()[note];
    const own = capturing.has(type) && takeToken() ? userFrames(kept) : undefined;
    const frames = own ? joined(own, inherited) : inherited;
    if (frames) putHidden(resource, note, frames);
  } catch {
    // silence is the contract
  }
}

const joined = (own, inherited) => (own.length < kept ? continued(own, inherited).slice(0, kept) : own);

exports.startInheriting = () => createHook({ init }).enable();
exports.inheritedFrames = () => executionAsyncResource()?.[note];
exports.callMade = () => {
  tokens = Math.min(bucketSize, tokens + tokensPerCall);
};
/** Runs `call` with `frames` as what everything it starts inherits. */
exports.withFrames = (frames, call) => {
  const resource = executionAsyncResource();
  const before = resource[note];
  if (frames) putHidden(resource, note, joined(frames, before));
  try {
    return call();
  } finally {
    if (frames) putHidden(resource, note, before);
  }
};
