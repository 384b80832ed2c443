'use strict';
// Deep mode: where V8's async stack ends (then-chains, timers, SDK internals), the nearest user frame is inherited
// along the asynchronous graph: it is noted on every promise, timer and tick when it is created and found again when
// the request is made.

const { createHook, executionAsyncResource } = require('node:async_hooks');
const { hideAsyncIds } = require('./async-ids.cjs');
const { continued, nearUserFrames } = require('./frames.cjs');
const { privateField } = require('./private-field.cjs');

const kept = 4;

const note = privateField();

// A capture costs about 4 µs: a bucket of tokens bounds what a program with very many promises pays. Such a program makes
// few in one go, a client's call makes many: the last tokens are kept for those.
const bucketSize = 12_000;
const reserve = 5_000;
const refillPerMs = 10;
const tokensPerCall = 1_500;
const takenAtOnce = 64; // the clock is not free either
const few = 2;
let tokens = bucketSize;
let untilRefill = takenAtOnce;
let refilledAt = performance.now();

function takeToken(isOneOfMany) {
  if (--untilRefill <= 0) {
    untilRefill = takenAtOnce;
    const now = performance.now();
    tokens = Math.min(bucketSize, tokens + (now - refilledAt) * refillPerMs);
    refilledAt = now;
  }
  if (tokens < (isOneOfMany ? 1 : reserve)) return false;
  tokens--;
  return true;
}

const capturing = new Set(['PROMISE', 'Timeout', 'Immediate', 'TickObject', 'Microtask']);

// What the present execution has made: how many, and those of the first few that found no token. They take the frames of
// the next capture, which is the same call in all likelihood.
let execution;
let made = 0;
const missed = [];

function init(_id, type, _trigger, resource) {
  try {
    if (type === 'PROMISE') hideAsyncIds(resource);
    const current = executionAsyncResource();
    const inherited = note.get(current);
    let frames = inherited;
    if (capturing.has(type)) {
      if (current !== execution) {
        execution = current;
        made = 0;
        missed.length = 0;
      }
      made++;
      if (takeToken(made > few)) {
        const own = nearUserFrames(kept);
        if (own) {
          frames = joined(own, inherited);
          while (missed.length > 0) note.set(missed.pop(), frames);
        }
      } else if (made <= few) missed.push(resource);
    }
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
