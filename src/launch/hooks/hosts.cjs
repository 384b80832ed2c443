'use strict';
// Which hosts are intercepted. A pattern is `host` or `host:port`; `*` stands for one or more characters. A pattern
// without a port holds for every port. This machine is meant by its own names only, never by `*`.

const loopback = /^(localhost|.*\.localhost|127\.\d+\.\d+\.\d+|::1|0\.0\.0\.0|::)$/;
const bare = host => host.toLowerCase().replace(/^\[|\]$|\.$/g, '');

function readPattern(text) {
  const [, name, port] = /^(\[.*\]|.*?)(?::(\d+))?$/.exec(text);
  const host = bare(name);
  const source = host.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.+');
  return { host, name: new RegExp(`^${source}$`), port: port && Number(port), local: loopback.test(host) };
}

/** `isIntercepted(host, port)`: `host` as a name or address (brackets allowed). */
exports.readHosts = (list, proxyUrl) => {
  const proxyPort = Number(new URL(proxyUrl).port);
  const patterns = list.split(',').filter(Boolean).map(readPattern);
  const known = new Map();

  const decide = (host, port) => {
    if (!loopback.test(host)) {
      return patterns.some(pattern => (!pattern.port || pattern.port === port) && pattern.name.test(host));
    }
    if (port === proxyPort) return false;
    return patterns.some(pattern =>
      pattern.port ? pattern.port === port && pattern.local : pattern.host === host,
    );
  };

  return (host, port) => {
    if (typeof host !== 'string' || !host) return false;
    const key = `${host}:${port}`;
    let hit = known.get(key);
    if (hit === undefined) {
      hit = decide(bare(host), Number(port));
      if (known.size < 10_000) known.set(key, hit);
    }
    return hit;
  };
};
