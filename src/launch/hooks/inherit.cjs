'use strict';
// Deep mode: where V8's async stack ends (then-chains, timers, SDK internals), the nearest user frame is inherited
// along the asynchronous graph: it is noted on every promise, timer and tick when it is created and found again when
// the request is made.

const { createHook, executionAsyncResource } = require('node:async_hooks');
const { hideAsyncIds } = require('./async-ids.cjs');
const { continued, userFrames } = require('./frames.cjs');
const { privateField } = require('./private-field.cjs');

const kept = 4;

const note = privateField();

// A capture costs about 4 µs: a bucket of tokens bounds what a program with very many promises pays. Too small a
// bucket loses sites.
const bucketSize = 20_000;
const refillPerMs = 10;
const tokensPerCall = 1_500;
const takenAtOnce = 64; // the clock is not free either
let tokens = bucketSize;
let untilRefill = takenAtOnce;
let refilledAt = performance.now();

function takeToken() {
  if (--untilRefill <= 0) {
    untilRefill = takenAtOnce;
    const now = performance.now();
    tokens = Math.min(bucketSize, tokens + (now - refilledAt) * refillPerMs);
    refilledAt = now;
  }
  if (tokens < 1) return false;
  tokens--;
  return true;
}

const capturing = new Set(['Timeout', 'Immediate', 'TickObject', 'Microtask']);

function init(_id, type, _trigger, resource) {
  try {
    const isPromise = type === 'PROMISE';
    if (isPromise) hideAsyncIds(resource);
    const inherited = note.get(executionAsyncResource());
    const own = (isPromise || capturing.has(type)) && takeToken() ? userFrames(kept) : undefined;
    const frames = own ? joined(own, inherited) : inherited;
    if (frames) note.set(resource, frames);
  } catch {
    // silence is the contract
  }
}

const joined = (own, inherited) => (own.length < kept ? continued(own, inherited).slice(0, kept) : own);

exports.startInheriting = () => createHook({ init }).enable();
exports.inheritedFrames = () => note.get(executionAsyncResource());
exports.callMade = () => {
  tokens = Math.min(bucketSize, tokens + tokensPerCall);
};
/** Runs `call` with `frames` as what everything it starts inherits. */
exports.withFrames = (frames, call) => {
  if (!frames) return call();
  const resource = executionAsyncResource();
  const before = note.get(resource);
  note.set(resource, joined(frames, before));
  try {
    return call();
  } finally {
    note.set(resource, before);
  }
};
