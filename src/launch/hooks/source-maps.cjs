'use strict';
// Source maps without switching Node's own support on: that would change the stacks which the agent prints. Maps that a
// loader has registered (tsx) are asked first, then the file's own `sourceMappingURL`.

const fs = require('node:fs');
const nodeModule = require('node:module');
const path = require('node:path');
const { fileURLToPath } = require('node:url');

const { readFileSync, statSync } = fs; // before anyone mocks them
const largestFile = 64 * 1024 * 1024;
const maps = new Map();

function readMap(file) {
  if (!path.isAbsolute(file) || !nodeModule.SourceMap || statSync(file).size > largestFile) return undefined;
  const text = readFileSync(file, 'utf8');
  const at = text.lastIndexOf('//# sourceMappingURL=');
  if (at < 0) return undefined;
  const url = text.slice(at + 21).split(/\s/, 1)[0];
  const inline = /^data:application\/json[^,]*?(;base64)?,(.*)$/s.exec(url);
  const json = inline
    ? inline[1]
      ? Buffer.from(inline[2], 'base64').toString('utf8')
      : decodeURIComponent(inline[2])
    : readFileSync(path.resolve(path.dirname(file), decodeURIComponent(url)), 'utf8');
  return new nodeModule.SourceMap(JSON.parse(json));
}

function mapOf(file) {
  if (maps.has(file)) return maps.get(file);
  let map;
  try {
    map = nodeModule.findSourceMap?.(file) ?? readMap(file);
  } catch {
    map = undefined;
  }
  maps.set(file, map);
  return map;
}

/** [path, line, column] in the source; the place itself where no map tells. */
exports.originalPosition = (file, line, column) => {
  try {
    const entry = mapOf(file)?.findEntry(line - 1, column - 1);
    if (entry?.originalSource !== undefined) {
      const source = entry.originalSource.startsWith('file:')
        ? fileURLToPath(entry.originalSource)
        : path.resolve(path.dirname(file), entry.originalSource);
      return [source, entry.originalLine + 1, entry.originalColumn + 1];
    }
  } catch {
    // a broken map: the place itself
  }
  return [file, line, column];
};

/** Whether this file is a bundle that holds packages beside the user's code. */
exports.bundlesPackages = file => {
  try {
    return mapOf(file)?.payload.sources?.some(source => source.includes('node_modules/')) ?? false;
  } catch {
    return false;
  }
};
