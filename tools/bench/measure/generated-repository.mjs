// Repositories to measure with: a bare origin and a clone of it, with files and a history that are the same each time.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const AT = 1_700_000_000;
const WORDS = 1024;

/** Where the measured programs find nobody's configuration. */
export function plainEnvironment(more = {}) {
  const { PATH, TMPDIR = '/tmp' } = process.env;
  const nobody = { HOME: '/nonexistent', GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
  return { PATH, TMPDIR, LC_ALL: 'C', ...nobody, ...more };
}

/** Runs git to its end and returns what it printed. */
export function git(cwd, ...args) {
  return execFileSync('git', args, {
    cwd,
    env: plainEnvironment(),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 1e9,
  }).trimEnd();
}

/**
 * Makes a repository with so many files of some 5 KB, and so many later commits that each change a hundredth of them.
 *
 * @returns {Promise<string>} the clone, at FOLDER/repo
 */
export async function generatedRepository(folder, { files, commits }) {
  const origin = join(folder, 'origin.git');
  git(folder, 'init', '-q', '--bare', '-b', 'main', origin);
  const importer = spawn('git', ['fast-import', '--quiet'], { cwd: origin, stdio: ['pipe', 'inherit', 'inherit'] });
  const write = async (text) => {
    if (!importer.stdin.write(text, 'latin1')) await once(importer.stdin, 'drain');
  };
  const random = generator(1);
  const words = Array.from({ length: WORDS }, () => Math.floor(random() * 2 ** 40).toString(36));
  for (let commit = 0; commit <= commits; commit += 1) {
    await write(`commit refs/heads/main\ncommitter B <b@example.com> ${AT + commit} +0000\ndata 1\n.\n`);
    for (let file = 0; file < files; file += 1) {
      if (commit > 0 && Math.floor(random() * 100) > 0) continue;
      const text = textOf(words, random);
      await write(`M 100644 inline ${pathOf(file)}\ndata ${text.length}\n${text}\n`);
    }
  }
  importer.stdin.end();
  await once(importer, 'exit');
  return cloned(folder, origin);
}

/** Clones what is checked out in a repository as the branch main, together with a bare origin of its own. */
export function copiedRepository(folder, source) {
  const origin = join(folder, 'origin.git');
  git(folder, 'clone', '-q', '--bare', '--no-local', source, origin);
  // Whatever is checked out there, and be it a commit alone.
  git(origin, 'update-ref', 'refs/heads/main', 'HEAD');
  git(origin, 'symbolic-ref', 'HEAD', 'refs/heads/main');
  return cloned(folder, origin);
}

/** Clones an origin beside it, with somebody who commits there; returns where. */
export function cloned(folder, origin) {
  const root = join(folder, 'repo');
  git(folder, 'clone', '-q', origin, root);
  git(root, 'config', 'user.name', 'Bench');
  git(root, 'config', 'user.email', 'bench@example.com');
  return root;
}

function pathOf(file) {
  return `part${file % 40}/group${file % 600}/file${file}.txt`;
}

function textOf(words, random) {
  const lines = [];
  for (let line = 0; line < 80; line += 1) {
    lines.push(Array.from({ length: 7 }, () => words[Math.floor(random() * WORDS)]).join(' '));
  }
  return `${lines.join('\n')}\n`;
}

/** Returns a source of numbers from 0 to 1, the same for the same seed (mulberry32). */
export function generator(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
