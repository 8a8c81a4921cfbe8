// Starts the program that lies beside this file, from the code caches of the build where they fit: compiling costs more
// than the rest of the start. It is copied beside each bundle, and is CommonJS since an ESM entry costs an eighth of Node.
'use strict';
const { readFileSync } = require('node:fs');
const { Script } = require('node:vm');

/** The command that lives long beside others: the build writes it for the programs that have one. */
const LONG = 'no command';

const livesLong = process.argv[2] === LONG || process.argv.includes('--leash');
if (livesLong) keepHeapSmall();

/**
 * Keeps what V8 sets aside for new objects at its first size, which would grow to 32 MB in each of them, and has the garbage of
 * old objects collected when the heap has grown by half, where V8 waits for up to four times. V8 takes a cache only under the
 * flags that it was made with, so this comes first and has caches of its own; and Node's modules, whose caches are part of
 * Node, are loaded before.
 */
function keepHeapSmall() {
  for (const name of ['child_process', 'os', 'perf_hooks']) require(`node:${name}`);
  const { setFlagsFromString } = require('node:v8');
  for (const flag of ['--semi-space-growth-factor=1', '--heap-growing-percent=50']) setFlagsFromString(flag);
}

/** Our own code, and the packages that few commands need; each a script of chunks, with a cache of its own. */
const OWN = 'program';
const PACKAGES = 'packages';

/** What is started most, and is to read no more of a cache than it needs: each has one of its own, where it has no options. */
const BRIEF = ['--version', '--help', 'list', 'get', 'status'];

const isBrief = BRIEF.includes(process.argv[2]) && !process.argv.slice(3).some((word) => word.startsWith('-'));

const scripts = new Map();
const modules = new Map();
let chunks = openScript(OWN);

requireChunk('./bin.js');

function requireChunk(id) {
  if (!id.startsWith('./')) return require(id);
  let module = modules.get(id);
  if (module !== undefined) return module.exports;
  if (chunks[id] === undefined) chunks = { ...chunks, ...openScript(PACKAGES) };
  module = { exports: {} };
  modules.set(id, module);
  chunks[id](requireChunk, module, module.exports);
  return module.exports;
}

/** Returns the chunks of one script by their names. */
function openScript(name) {
  const file = `${__dirname}/${name}.js`;
  // The build leaves nothing but ASCII in it.
  const source = readFileSync(file, 'latin1');
  // V8 compares no more of the source than its length, and of itself the version without Node's patches. The width is a
  // multiple of eight, since V8 copies what is not aligned.
  const head = `${source.slice(0, source.indexOf('\n'))} ${process.version} ${process.arch}`.padEnd(128);
  const cachedData = codeCache(cacheOf(name), head) ?? (isBrief ? codeCache(`${name}.cache`, head) : undefined);
  const script = new Script(source, { filename: file, cachedData });
  scripts.set(name, { script, head });
  return script.runInThisContext()(file);
}

function cacheOf(name) {
  if (livesLong) return `${name}.long.cache`;
  return isBrief && name === OWN ? `${name}.${process.argv[2].replace('--', '')}.cache` : `${name}.cache`;
}

/** Returns the cache of this very script and Node in a file; nothing when there is none or it is damaged. */
function codeCache(file, head) {
  let bytes;
  try {
    bytes = readFileSync(`${__dirname}/${file}`);
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

/** Returns, by file name, what has to lie beside the scripts for the next start to find all that was compiled up to now. */
function serialise() {
  return [...scripts].map(([name, { script, head }]) => {
    const data = script.createCachedData();
    return [cacheOf(name), Buffer.concat([Buffer.from(head, 'latin1'), data, data])];
  });
}

module.exports = { scripts, serialise };
