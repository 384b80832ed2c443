'use strict';
// Node 22 warns on stderr when NODE_USE_ENV_PROXY is set, which it is on our account: that one line is taken back. On the
// main thread it is emitted on the first tick, after this file has run. A worker has said it before any preload runs
// there, so the thread that made the worker takes it out of what that one prints.

const diagnostics = require('node:diagnostics_channel');

const code = 'UNDICI-EHPA';
const line = /^\(node:\d+\) \[UNDICI-EHPA\][^\n]*\n(?:\(Use `[^\n]*\n)?/;

exports.takeBack = () => {
  takeBackHere();
  const channel = diagnostics.channel('worker_threads');
  exports.channel = channel; // a channel nobody holds is collected, its subscribers too
  channel.subscribe(({ worker }) => {
    try {
      takeBackOf(worker);
    } catch {
      // silence is the contract
    }
  });
};

function takeBackHere() {
  const emit = process.emit;
  const quiet = function (event, warning, ...rest) {
    if (event !== 'warning' || warning?.code !== code) return emit.call(this, event, warning, ...rest);
    giveBack();
    return true;
  };
  const giveBack = () => {
    if (process.emit === quiet) process.emit = emit;
  };
  process.emit = quiet;
  setImmediate(giveBack).unref();
}

/** It is the first that a worker prints, in one piece. */
function takeBackOf({ stderr }) {
  const push = stderr.push;
  stderr.push = function (chunk, encoding) {
    delete stderr.push;
    const text = chunk === null ? '' : Buffer.from(chunk, encoding).toString('latin1');
    const said = line.exec(text)?.[0].length ?? 0;
    if (said === 0) return push.call(this, chunk, encoding);
    const rest = text.slice(said);
    return rest === '' || push.call(this, Buffer.from(rest, 'latin1'));
  };
}
