// What agents wrote is somewhere: on the target, parked, salvaged, or in a workspace that is kept.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { git } from '../../bench/measure/generated-repository.mjs';
import { findings } from './findings.mjs';

/** Returns the lines of the journal whose content is nowhere, but for those of workspaces that a fault has deleted. */
export function lostWork(world) {
  const path = join(world.folder, 'journal');
  const journal = existsSync(path)
    ? readFileSync(path, 'utf8')
        .split('\n')
        .filter((line) => /^[0-9a-f]{40} /.test(line))
    : [];
  const known = new Set([...objectsOf(world.root), ...objectsOf(world.origin)]);
  const missing = journal.filter((line) => !known.has(line.slice(0, 40)) && !isExcused(world, line));
  const kept = missing.length === 0 ? new Set() : new Set(workspacesOf(world).flatMap(contentOf));
  return findings(
    'lost',
    missing.filter((line) => !kept.has(line.slice(0, 40))).map((line) => `nowhere: ${line}`),
  );
}

function isExcused({ deleted }, line) {
  const [, id, attempt] = line.split(' ');
  return deleted.some((one) => one.id === id && String(one.attempt) === attempt);
}

function objectsOf(repository) {
  return git(repository, 'rev-list', '--objects', '--no-object-names', '--all').split('\n');
}

function workspacesOf({ workspaces }) {
  return existsSync(workspaces) ? readdirSync(workspaces).map((name) => join(workspaces, name)) : [];
}

/** A kept workspace has its files, and commits of its own. */
function contentOf(workspace) {
  try {
    const files = git(workspace, 'ls-files', '-z', '--cached', '--others')
      .split('\0')
      .filter((file) => file !== '' && statSync(join(workspace, file), { throwIfNoEntry: false })?.isFile() === true);
    return [...objectsOf(workspace), ...files.map((file) => git(workspace, 'hash-object', '--', file))];
  } catch {
    return [];
  }
}
