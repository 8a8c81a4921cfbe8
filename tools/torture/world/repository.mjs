// The repository of a world: an origin that is reached through a program of ours in the place of ssh, and a clone with
// things of its user in it that nobody may touch.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { git } from '../../bench/measure/generated-repository.mjs';
import { between, pick } from '../chance.mjs';
import { queueText } from './queue.mjs';

const NAMES = ['repo', 'a repo', 'Répo-漢'];
const TRACKED = '.ralph/*\n!.ralph/queue.jsonc\n!.ralph/done.jsonc\n';

/**
 * Makes origin and clone.
 *
 * @returns {{ origin: string, root: string, start: string, untouched: { path: string, text: string }[] }} `untouched` are files of the user
 */
export function makeRepository(folder, { tasks, tracked, token }, dice) {
  const origin = join(folder, 'origin.git');
  const root = join(folder, pick(NAMES, dice));
  git(folder, 'init', '-q', '--bare', '-b', 'main', origin);
  git(origin, 'config', 'core.logAllRefUpdates', 'always');
  git(folder, 'clone', '-q', origin, root);
  git(root, 'config', 'user.name', 'Torture');
  git(root, 'config', 'user.email', 'torture@example.invalid');
  git(root, 'symbolic-ref', 'HEAD', 'refs/heads/main');
  const write = (path, content) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  };
  for (const [path, content] of Object.entries(generatedFiles(dice))) write(path, content);
  write('.gitignore', `${tracked ? TRACKED : '.ralph/\n'}.env*\n*.mine\n`);
  write('.ralph/queue.jsonc', queueText(tasks));
  write('.ralph/done.jsonc', queueText([]));
  git(root, 'add', '-A');
  git(root, 'commit', '-q', '-m', 'start');
  git(root, 'push', '-q', '-u', 'origin', 'main');
  git(root, 'remote', 'set-url', 'origin', `ssh://origin.invalid${origin}`);
  write('shared.txt', 'an edit that is stashed\n');
  git(root, 'stash', 'push', '-q');
  git(root, 'branch', '-q', 'mine');
  const untouched = [
    { path: 'notes.mine', text: 'nobody else reads this\n' },
    { path: '.env', text: `TOKEN=${token}\n` },
  ];
  for (const { path, text } of untouched) write(path, text);
  return { origin, root, start: git(root, 'rev-parse', 'HEAD'), untouched };
}

function generatedFiles(dice) {
  const files = {
    'README.md': '# torture\n',
    'shared.txt': 'start\n',
    'docs/a page.md': 'words\n',
    'docs/b.md': 'words\n',
  };
  const deep = Array.from({ length: between(1, 12, dice) }, (_, level) => `level ${level}`).join('/');
  files[`${deep}/grün 漢字 🚀.txt`] = 'deep\n';
  files['assets/picture.bin'] = Buffer.from(Array.from({ length: 4096 }, () => Math.floor(dice() * 256)));
  for (let index = between(5, 120, dice); index > 0; index -= 1) {
    files[`src/part${index % 7}/file${index}.txt`] = `${Math.floor(dice() * 1e9)}\n`.repeat(between(1, 60, dice));
  }
  return files;
}
