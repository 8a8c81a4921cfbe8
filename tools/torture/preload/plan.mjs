// The plan that the library in this folder acts on: which calls of which programs go wrong, and how. It is a file that both
// have mapped, so that it can be changed, and asked what it has done, in the middle of a run.
import { closeSync, openSync, readSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { errnoNumber } from './errno.mjs';
import { library } from './library.mjs';

const MAGIC = 0x52544c50;
const RULES = 8;
const RULE = { at: 160, size: 960, after: 16, seen: 48, hits: 56, programs: 64, paths: 192, last: 704 };
const CLOCK = { ns: 8, hits: 16, programs: 24, step: 152 };
const SIZE = RULE.at + RULES * RULE.size;
const DEEDS = { fail: 0, delay: 1, shorten: 2 };

const FAMILIES = [
  'open',
  'read',
  'write',
  'sync',
  'rename',
  'link',
  'unlink',
  'mkdir',
  'truncate',
  'close',
  'flock',
  'fork',
  'copy',
  'create',
  'wake',
];

/** The families of calls that can be struck: `copy` is sendfile(2) and copy_file_range(2), `create` an open(2) that makes the file,
 * `wake` one that wakes a worker of V8, with the path `/workers`. */
export const CALLS = FAMILIES;

/**
 * @typedef {object} Rule
 * @property {readonly string[]} calls      families, of CALLS
 * @property {readonly string[]} [programs] patterns of names, as `git*`; a script of Node goes by its own (default: all)
 * @property {readonly string[]} paths      patterns of whole paths; a star stands for slashes too
 * @property {string} [error]               as 'EIO'
 * @property {'fail' | 'delay' | 'shorten'} [deed]
 * @property {number} [after]               so many calls go well first
 * @property {number} [times]               so many are struck then (default: all)
 * @property {number} [chance]              above 0 up to 1: only so many of them
 * @property {number} [seed]                of that chance
 * @property {number} [delayMs]
 */

/**
 * Makes a plan in a folder, which has to stay until the last process that runs under it has ended. It does nothing as yet.
 *
 * @param {string} folder
 */
export function makePlan(folder) {
  const so = join(folder, 'faults.so');
  writeFileSync(so, library());
  const fd = openSync(`${so}.plan`, 'w+');
  const head = Buffer.alloc(SIZE);
  head.writeUInt32LE(MAGIC, 0);
  writeSync(fd, head, 0, SIZE, 0);
  const inherited = process.env['LD_PRELOAD'];
  const read = (at, size) => {
    const bytes = Buffer.alloc(size);
    readSync(fd, bytes, 0, size, at);
    return bytes;
  };
  const number = (at) => Number(read(at, 8).readBigUInt64LE());
  const offset = (index) => {
    if (index >= RULES) throw new Error(`a plan has ${RULES} rules`);
    return RULE.at + index * RULE.size;
  };
  return {
    /** What a process has to have in its environment; everything that it starts then has it too. */
    env: { LD_PRELOAD: inherited === undefined ? so : `${so}:${inherited}` },

    /** Puts a rule into force at once, counted from nothing, in place of the one with its number. */
    set(index, rule) {
      writeSync(fd, Buffer.alloc(4), 0, 4, offset(index));
      const bytes = ruleBytes(rule);
      writeSync(fd, bytes, 4, RULE.size - 4, offset(index) + 4);
      writeSync(fd, bytes, 0, 4, offset(index));
    },

    /** Takes a rule out of force; what it counted stays. */
    unset: (index) => writeSync(fd, Buffer.alloc(4), 0, 4, offset(index)),

    /** Lets every call be itself again; what was counted stays. */
    clear() {
      for (let index = 0; index < RULES; index += 1) writeSync(fd, Buffer.alloc(4), 0, 4, offset(index));
      writeSync(fd, Buffer.alloc(8), 0, 8, CLOCK.step);
      writeSync(fd, Buffer.alloc(8), 0, 8, CLOCK.ns);
    },

    /**
     * Sets the clock of the day of the named programs so many seconds off; 0 is right again.
     *
     * @param {number} [step] by so many seconds more at each look
     */
    shiftClock(seconds, { programs = ['*'], step = 0 } = {}) {
      const names = Buffer.alloc(128);
      names.write(programs.join(':'));
      writeSync(fd, names, 0, names.length, CLOCK.programs);
      for (const [at, value] of [
        [CLOCK.step, step],
        [CLOCK.ns, seconds],
      ]) {
        const bytes = Buffer.alloc(8);
        bytes.writeBigInt64LE(BigInt(Math.round(value * 1e9)));
        writeSync(fd, bytes, 0, 8, at);
      }
    },

    /** How many calls matched a rule, struck or not. */
    seen: (index) => number(offset(index) + RULE.seen),

    /** How many calls were struck by a rule, or by all of them. */
    hits: (index) =>
      index === undefined
        ? FIRST_TO_LAST.reduce((sum, each) => sum + number(offset(each) + RULE.hits), 0)
        : number(offset(index) + RULE.hits),

    /** How often somebody was told a wrong time. */
    clockHits: () => number(CLOCK.hits),

    /** The last call that a rule struck, as 'ralph-state fsync /path'. */
    last: (index) =>
      read(offset(index) + RULE.last, 256)
        .toString('utf8')
        .split('\0', 1)[0] ?? '',

    close: () => closeSync(fd),
  };
}

const FIRST_TO_LAST = Array.from({ length: RULES }, (_, index) => index);

/** @param {Rule} rule */
function ruleBytes(rule) {
  const bytes = Buffer.alloc(RULE.size);
  bytes.writeUInt32LE(1, 0);
  bytes.writeUInt32LE(
    rule.calls.reduce((bits, call) => bits | (1 << family(call)), 0),
    4,
  );
  bytes.writeInt32LE(rule.error === undefined ? 0 : errnoNumber(rule.error), 8);
  bytes.writeUInt32LE(DEEDS[rule.deed ?? 'fail'], 12);
  bytes.writeBigUInt64LE(BigInt(rule.after ?? 0), RULE.after);
  bytes.writeBigUInt64LE(BigInt(rule.times ?? 0), 24);
  bytes.writeUInt32LE(rule.chance === undefined ? 0 : Math.max(1, Math.round(rule.chance * 65536)), 32);
  bytes.writeUInt32LE((rule.seed ?? 0) >>> 0, 36);
  bytes.writeBigUInt64LE(BigInt(Math.round((rule.delayMs ?? 0) * 1000)), 40);
  writeText(bytes, RULE.programs, 128, rule.programs ?? ['*']);
  writeText(bytes, RULE.paths, 512, rule.paths);
  return bytes;
}

function family(call) {
  const index = FAMILIES.indexOf(call);
  if (index === -1) throw new Error(`no such family of calls: ${call}`);
  return index;
}

function writeText(bytes, at, size, patterns) {
  const text = patterns.join(':');
  if (Buffer.byteLength(text) >= size) throw new Error(`too long for a plan: ${text}`);
  bytes.write(text, at);
}
