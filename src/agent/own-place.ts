import { dirname, sep } from 'node:path';

/** Tells Rewind's hook which files are ours: they are no code of the user's, also where they are not in node_modules. */
const file = import.meta.filename;
Object.defineProperty(globalThis, Symbol.for('rewind.helper'), {
  value: file.endsWith('.ts') ? dirname(file) + sep : file,
  configurable: true,
});
