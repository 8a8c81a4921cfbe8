// Starts the program that lies beside this file, from the code cache of the build where that fits: compiling costs more
// than the rest of the start. It is copied beside each bundle, and is CommonJS since an ESM entry costs an eighth of Node.
'use strict';
const { readFileSync } = require('node:fs');
const { Script } = require('node:vm');

const file = `${__dirname}/program.js`;
const source = readFileSync(file, 'utf8');

// V8 compares no more of the source than its length, and of itself the version without Node's patches. The width is a
// multiple of eight, since V8 copies what is not aligned.
const stamp = source.slice(0, source.indexOf('\n'));
const head = `${stamp} ${process.version} ${process.arch}`.padEnd(128);

const script = new Script(source, { filename: file, cachedData: codeCache() });
script.runInThisContext()(require, { exports: {} }, file);

/** Returns the cache of this very bundle and Node; nothing when there is none or it is damaged. */
function codeCache() {
  let bytes;
  try {
    bytes = readFileSync(`${__dirname}/code-cache`);
  } catch {
    return undefined;
  }
  const middle = (bytes.length + head.length) / 2;
  if (!Number.isInteger(middle) || middle <= head.length) return undefined;
  if (bytes.latin1Slice(0, head.length) !== head) return undefined;
  // V8 crashes on a damaged cache. It is there twice, since comparing is the one check that costs nothing.
  if (bytes.compare(bytes, head.length, middle, middle) !== 0) return undefined;
  return bytes.subarray(head.length, middle);
}

/** Returns what has to lie in `code-cache` for the next start to find all that was compiled up to now. */
function serialise() {
  const data = script.createCachedData();
  return Buffer.concat([Buffer.from(head, 'latin1'), data, data]);
}

module.exports = { script, serialise };
