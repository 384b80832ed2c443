'use strict';
// Node 22 warns on stderr when NODE_USE_ENV_PROXY is set, which it is on our account: that one line is taken back. It is
// emitted on the first tick, after this file has run.

const code = 'UNDICI-EHPA';

exports.takeBack = () => {
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
};
