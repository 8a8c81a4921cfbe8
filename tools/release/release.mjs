import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nextVersion } from './next-version.mjs';
import { releasedChangelog } from './released-changelog.mjs';
import { versionFiles, versionProblems, versionsIn, withVersion } from './versions.mjs';

const CHANGELOG = 'CHANGELOG.md';

/**
 * Releases the workspace at root: writes the version into all files that hold it and into the changelog, commits that and tags it. It
 * pushes nothing. What it has written is taken back when git will not have it.
 *
 * @param word major, minor, patch or the version
 * @param date as YYYY-MM-DD
 * @returns the tag
 * @throws Error when there is something that is not committed, when the tag is there, when the places do not agree, or for a bad word
 */
export function release(root, word, date) {
  const git = (...args) =>
    execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  if (git('status', '--porcelain') !== '') throw new Error('there are changes that are not committed: see git status');
  const problems = versionProblems(root);
  if (problems.length > 0) throw new Error(problems.join('\n'));
  const version = nextVersion(versionsIn(root)[0].version, word);
  const tag = `v${version}`;
  if (git('tag', '--list', tag) !== '') throw new Error(`the tag ${tag} is there already`);
  const read = (path) => readFileSync(join(root, path), 'utf8');
  const texts = [[CHANGELOG, releasedChangelog(read(CHANGELOG), version, date)]];
  for (const path of versionFiles(root)) texts.push([path, withVersion(path, read(path), version)]);
  const paths = texts.map(([path]) => path);
  const before = git('rev-parse', 'HEAD').trim();
  try {
    for (const [path, text] of texts) writeFileSync(join(root, path), text);
    git('commit', '--quiet', '--message', `release: ${version}`, '--', ...paths);
    git('tag', '--annotate', '--message', tag, tag);
  } catch (error) {
    git('reset', '--quiet', '--soft', before);
    git('restore', '--source', before, '--staged', '--worktree', '--', ...paths);
    throw new Error(`nothing was released: ${(error.stderr || error.message).trim()}`, { cause: error });
  }
  return tag;
}
