// Commits of others, made in the origin itself: there is no clone whose push we would have to wait for.
import { spawnSync } from 'node:child_process';
import { appendFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { plainEnvironment } from '../../bench/measure/generated-repository.mjs';

const TRIES = 20;
let made = 0;

/**
 * Puts a commit onto the target branch of origin, as a push of somebody else would.
 *
 * @param {(read: (path: string) => string | undefined) => Record<string, string>} edit gets the files there, returns those that change
 * @returns {number} 1, or 0 when others were faster each time
 */
export function foreignCommit(world, message, edit) {
  made += 1;
  const index = join(world.folder, `foreign-index.${made}`);
  const author = { GIT_AUTHOR_NAME: 'Else', GIT_AUTHOR_EMAIL: 'else@example.invalid' };
  const committer = { GIT_COMMITTER_NAME: 'Else', GIT_COMMITTER_EMAIL: 'else@example.invalid' };
  const git = (args, input) => {
    const { status, stdout } = spawnSync('git', args, {
      cwd: world.origin,
      env: plainEnvironment({ ...author, ...committer, GIT_INDEX_FILE: index }),
      encoding: 'utf8',
      input,
    });
    return status === 0 ? stdout : undefined;
  };
  for (let left = TRIES; left > 0; left -= 1) {
    const tip = git(['rev-parse', 'main']).trim();
    git(['read-tree', tip]);
    for (const [path, text] of Object.entries(edit((path) => git(['show', `${tip}:${path}`])))) {
      const blob = git(['hash-object', '-w', '--stdin'], text).trim();
      git(['update-index', '--add', '--cacheinfo', `100644,${blob},${path}`]);
    }
    const tree = git(['write-tree']).trim();
    const commit = git(['commit-tree', tree, '-p', tip, '-m', message]).trim();
    world.foreign.add(commit);
    // Whoever else stands on it has its tree too: it is as green as what others push is.
    appendFileSync(join(world.folder, 'green'), `${tree}\n`);
    if (git(['update-ref', '-m', 'push', 'refs/heads/main', commit, tip]) !== undefined) {
      rmSync(index, { force: true });
      return 1;
    }
    world.foreign.delete(commit);
  }
  rmSync(index, { force: true });
  return 0;
}
