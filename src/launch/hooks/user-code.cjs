'use strict';
// What is the user's own code: files outside of node_modules and of Node, and what the user says.
//
//   REWIND_SITES_INCLUDE  globs, comma-separated: is the user's own, packages too
//   REWIND_SITES_IGNORE   globs, comma-separated: is not; wins over the former

const { realpathSync } = require('node:fs');
const { isAbsolute, sep } = require('node:path');

const ownFolder = __dirname + sep;
const packages = /[\\/]node_modules[\\/]/;

/** `*` and `?` stay within a folder, `**` does not; a folder means all that is in it; `/…` begins at the root. */
function globs(list = '') {
  const sources = list
    .split(',')
    .map(glob => glob.trim().replace(/\/+$/, ''))
    .filter(Boolean)
    .map(
      glob =>
        (/^(\/|[A-Za-z]:)/.test(glob) ? '^' : '(?:^|/)') +
        glob.replace(/\*\*\/?|[*?]|[.+^${}()|[\]\\]/g, part),
    );
  return sources.length > 0 ? new RegExp(`(?:${sources.join('|')})(?:/|$)`) : undefined;
}
const part = text => ({ '**/': '(?:.*/)?', '**': '.*', '*': '[^/]*', '?': '[^/]' })[text] ?? `\\${text}`;

const included = globs(process.env.REWIND_SITES_INCLUDE);
const ignored = globs(process.env.REWIND_SITES_IGNORE);
const slashed = path => (sep === '\\' ? path.replace(/\\/g, '/') : path);

/** An agent that is itself an installed package (`npx agent`): its package folder is the user's code. */
let ownPackage = () => {
  let folder;
  try {
    const main = realpathSync(process.argv[1]);
    folder = /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+[\\/]/.exec(main)?.[0];
  } catch {
    folder = undefined;
  }
  ownPackage = () => folder;
  return folder;
};

const isInstalled = path => {
  if (!packages.test(path)) return false;
  const own = ownPackage();
  return own === undefined || !path.startsWith(own) || packages.test(path.slice(own.length));
};

/** Where the helper of `llm-rewind` stands, if it is loaded: not the user's own, wherever that is. */
const isHelper = path => {
  const helper = globalThis[Symbol.for('rewind.helper')];
  return typeof helper === 'string' && path.startsWith(helper);
};

/** `node:…`, `ext:…`, `[eval]`, `evalmachine.<anonymous>` are no paths. */
exports.isUserPath = path =>
  isAbsolute(path) &&
  !path.startsWith(ownFolder) &&
  !isHelper(path) &&
  !ignored?.test(slashed(path)) &&
  (included?.test(slashed(path)) || !isInstalled(path));

/** V8 names ES modules by URL. */
exports.toPath = file => (file.startsWith('file:') ? require('node:url').fileURLToPath(file) : file);
