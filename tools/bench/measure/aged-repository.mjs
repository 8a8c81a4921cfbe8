// A repository like one that people have worked in for years: lines that repeat themselves as those of programs do, and a
// history of many small commits that is several times its files, with the newest state of each file stored whole.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { cloned, generator, git } from './generated-repository.mjs';

const AT = 1_700_000_000;
const WORDS = 300;
const FOLDERS = 600;
const PARTS = 40;
const FILES_A_COMMIT = 8;
const LEAST_LINES = 20;
const MORE_LINES = 240;

/**
 * Makes a repository of so many files, some 3 KB each, and so many commits behind the first, each of which changes two
 * lines in up to eight files of one folder.
 *
 * @returns {Promise<string>} the clone, at FOLDER/repo
 */
export async function agedRepository(folder, { files, commits }) {
  const origin = join(folder, 'origin.git');
  git(folder, 'init', '-q', '--bare', '-b', 'main', origin);
  const importer = spawn('git', ['fast-import', '--quiet'], { cwd: origin, stdio: ['pipe', 'inherit', 'inherit'] });
  const ended = once(importer, 'exit');
  const random = generator(1);
  const touched = Array.from({ length: commits }, () => neighbours(files, random));
  for (const text of importText(files, touched, random))
    if (!importer.stdin.write(text, 'latin1')) await once(importer.stdin, 'drain');
  importer.stdin.end();
  const [status] = await ended;
  if (status !== 0) throw new Error(`git fast-import ended with ${status}`);
  return cloned(folder, origin);
}

/** The stream: all states of each file, then the commits that name them. */
function* importText(files, touched, random) {
  const line = lines(random);
  const commitsOf = Array.from({ length: files }, () => []);
  for (const [commit, some] of touched.entries()) for (const file of some) commitsOf[file].push(commit);
  const marks = touched.map(() => []);
  const firsts = [];
  let mark = 0;
  for (let file = 0; file < files; file += 1) {
    const states = statesOf(commitsOf[file].length, random, line);
    // Whatever comes next is stored as a difference from this, if that is shorter: of what is nearly nothing it never is.
    yield `blob\ndata ${String(file).length}\n${file}\n`;
    // As in a pack that git has made: what is stored whole is the newest, older ones are what differs from it.
    for (const [back, text] of states.toReversed().entries()) {
      mark += 1;
      const commit = commitsOf[file].at(-1 - back);
      (commit === undefined ? firsts : marks[commit]).push(`M 100644 :${mark} ${pathOf(file)}\n`);
      yield `blob\nmark :${mark}\ndata ${text.length}\n${text}\n`;
    }
  }
  for (const [number, changes] of [firsts, ...marks].entries())
    yield `commit refs/heads/main\ncommitter B <b@example.com> ${AT + number} +0000\ndata 1\n.\n${changes.join('')}`;
}

function statesOf(changes, random, line) {
  const text = Array.from({ length: LEAST_LINES + Math.floor(random() ** 2 * MORE_LINES) }, line);
  const states = [`${text.join('\n')}\n`];
  for (let change = 0; change < changes; change += 1) {
    for (const _ of [1, 2]) text[Math.floor(random() * text.length)] = line();
    states.push(`${text.join('\n')}\n`);
  }
  return states;
}

function neighbours(files, random) {
  const folder = Math.floor(random() * FOLDERS);
  const in_ = Math.max(1, Math.floor(files / FOLDERS));
  const some = Array.from({ length: FILES_A_COMMIT }, () => (folder + FOLDERS * Math.floor(random() * in_)) % files);
  return new Set(some);
}

function lines(random) {
  const words = Array.from({ length: WORDS }, () =>
    Math.floor(random() * 2 ** 40)
      .toString(36)
      .slice(0, 3 + Math.floor(random() * 6)),
  );
  const word = () => words[Math.floor(WORDS * random() ** 3)];
  return () =>
    '  '.repeat(Math.floor(random() * 4)) + Array.from({ length: 2 + Math.floor(random() * 6) }, word).join(' ');
}

function pathOf(file) {
  return `packages/part${file % PARTS}/test/fixtures/group${file % FOLDERS}/file${file}.txt`;
}
