'use strict';
// The user's own frames on V8's stack, as user-code.cjs tells them. Frames are kept raw, [file, line, column, function],
// and mapped through source maps only when a call is announced.

const { bundlesPackages, originalPosition } = require('./source-maps.cjs');
const { stackVisitor } = require('./stack.cjs');
const { isUserPath, toPath } = require('./user-code.cjs');

const visitStack = stackVisitor();
const stackLimit = 40; // LangChain alone takes 24
const asyncStackLimit = 100;
const nearStackLimit = 10; // six of them are hooks: ours and Node's

/** file name as V8 gives it → 'no' | 'yes' | 'by position' (a bundle with packages inside). */
const files = new Map();
function kindOf(file) {
  let kind = files.get(file);
  if (kind === undefined) {
    try {
      const path = toPath(file);
      kind = isUserPath(path) ? (bundlesPackages(path) ? 'by position' : 'yes') : 'no';
    } catch {
      kind = 'no';
    }
    files.set(file, kind);
  }
  return kind;
}

const positions = new Map();
function isUserPosition(file, line, column) {
  const key = `${file}:${line}:${column}`;
  let user = positions.get(key);
  if (user === undefined) {
    user = isUserPath(originalPosition(toPath(file), line, column)[0]);
    if (positions.size < 50_000) positions.set(key, user);
  }
  return user;
}

function rawFrame(site) {
  const file = site.getFileName();
  if (!file) return undefined;
  const kind = kindOf(file);
  if (kind === 'no') return undefined;
  const line = site.getLineNumber();
  const column = site.getColumnNumber();
  if (kind === 'by position' && !isUserPosition(file, line, column)) return undefined;
  return [file, line, column, site.getFunctionName() ?? ''];
}

let wantAsync = false;
let most = 0;
let found;
let height = 0;
const collect = sites => {
  found = undefined;
  height = sites.length;
  for (const site of sites) {
    if (!wantAsync && site.isAsync?.()) {
      height = 0; // what is on the stack itself has been seen
      break;
    }
    const frame = rawFrame(site);
    if (!frame) continue;
    found ??= [];
    if (found.push(frame) >= most) break;
  }
};

/**
 * Up to `count` user frames of the present stack, innermost first; undefined where there is none. With `async`, also
 * the frames that V8 knows to be waiting.
 */
exports.userFrames = (count, async = false) => {
  most = count;
  wantAsync = async;
  visitStack(collect, async ? asyncStackLimit : stackLimit);
  return found;
};

let isLow = true;
/** The same, cheaper where stacks are low: each frame that V8 walks costs 0.2 µs. Low ones follow low ones. */
exports.nearUserFrames = count => {
  most = count;
  wantAsync = false;
  if (isLow) {
    visitStack(collect, nearStackLimit);
    isLow = height < nearStackLimit || found?.length === count;
    if (isLow) return found;
  }
  visitStack(collect, stackLimit);
  isLow = height < nearStackLimit;
  return found;
};

/**
 * `frames` with what led to them. An async function that resumed stands in both: its present line counts, what was
 * noted inside it before does not, its callers do.
 */
exports.continued = (frames, inherited) => {
  if (!frames) return inherited;
  if (!inherited) return frames;
  const [file, , , name] = frames[frames.length - 1];
  const resumed = inherited.findIndex(frame => frame[0] === file && frame[3] === name);
  return frames.concat(inherited.slice(resumed + 1));
};

/** The frame as the header carries it: path, line and column after source maps, function. */
exports.mapped = ([file, line, column, name]) => [...originalPosition(toPath(file), line, column), name];
