// What belongs to the user is as it was: checkout, index, branches, stashes, files that git does not know.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findings } from './findings.mjs';

/** Returns what was touched. */
export function touched(world) {
  const { git, root, start } = world;
  const status = git('status', '--porcelain');
  const onMain = new Set(world.gitOrigin('rev-list', 'main').split('\n'));
  const head = git('rev-parse', 'HEAD');
  const branches = git('for-each-ref', '--format=%(refname)', 'refs/heads').split('\n').toSorted().join(' ');
  return findings('touched', [
    ...(status === '' ? [] : [`the checkout: ${status}`]),
    ...(git('symbolic-ref', 'HEAD') === 'refs/heads/main' ? [] : ['another branch is checked out']),
    ...(onMain.has(head) ? [] : [`the checkout is at ${head}, which origin does not have`]),
    ...(world.tracked || head === start ? [] : [`the checkout has moved to ${head}, and nobody asked for it`]),
    ...(branches === 'refs/heads/main refs/heads/mine' ? [] : [`the branches are ${branches}`]),
    ...(git('rev-parse', 'mine') === start ? [] : ['the branch of the user has moved']),
    ...(git('stash', 'list').split('\n').filter(Boolean).length === 1 ? [] : ['the stash of the user']),
    ...world.untouched.flatMap(({ path, text }) =>
      existsSync(join(root, path)) && readFileSync(join(root, path), 'utf8') === text ? [] : [`${path} has changed`],
    ),
    ...(existsSync(join(root, 'pwned')) ? ['a title was run as a command'] : []),
  ]);
}
