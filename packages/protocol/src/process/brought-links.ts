import { execFileSync } from 'node:child_process';
import { lstatSync, readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { commandLine } from '../cli/shell-words.ts';
import { Failure } from '../contract/failure.ts';
import { RALPH_PATHS } from '../contract/paths.ts';
import { scrubbedEnvironment, withPlainPath } from './environment.ts';

const FOLDER = dirname(RALPH_PATHS.queue);

/** What in there is of the run. All else is for people: it may be a link, and is held elsewhere to lead nowhere outside. */
const OF_RUN = /^\.ralph\/(?:cache|logs|lock|[^/]*\.lock)(?:\/|$)/i;

/** Too many to be looked at each time, but for the one that is known by its name; those of agents are opened through no link. */
const LOGS = RALPH_PATHS.logs;

const clean = new Set<string>();

/**
 * Makes sure that no file or folder of the run is a symlink that came with the repository: whoever can push could have our
 * records and logs written to any place of the user's. A link that the user has put there, git does not track. Looks once
 * at each root.
 *
 * @param root of a repository of git
 * @throws Failure `config_invalid`
 */
export function refuseBroughtLinks(root: string): void {
  if (clean.has(root)) return;
  for (const link of linksAt(root, FOLDER)) if (isBrought(root, link)) throw refused(root, link);
  clean.add(root);
}

function* linksAt(root: string, path: string): Generator<string> {
  const found = lstatSync(`${root}/${path}`, { throwIfNoEntry: false });
  if (found?.isSymbolicLink() === true) yield path;
  else if (found?.isDirectory() === true)
    yield* path === LOGS ? linksAt(root, RALPH_PATHS.events) : linksIn(root, path);
}

function* linksIn(root: string, folder: string): Generator<string> {
  for (const entry of entriesOf(`${root}/${folder}`)) {
    const path = `${folder}/${entry.name}`;
    if (!OF_RUN.test(path)) continue;
    if (entry.isDirectory()) yield* linksAt(root, path);
    else if (entry.isSymbolicLink()) yield path;
  }
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    // Gone, or not ours to read: whoever needs it will say so.
    return [];
  }
}

/** Also where the file system knows no case, and where a folder on the way is a repository of its own. */
function isBrought(root: string, link: string): boolean {
  const steps = link.split('/').map((_, index, all) => all.slice(0, index + 1).join('/'));
  const paths = steps.map((step) => `:(top,icase,literal)${step}`);
  try {
    const listed = execFileSync('git', ['ls-files', '-z', '--', ...paths], {
      cwd: root,
      env: withPlainPath(scrubbedEnvironment()),
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const tracked = new Set(listed.split('\0').map((path) => path.toLowerCase()));
    return steps.some((step) => tracked.has(step.toLowerCase()));
  } catch {
    // Without git nothing has come with it.
    return false;
  }
}

function refused(root: string, link: string): Failure {
  const path = `${root}/${link}`;
  return new Failure('config_invalid', `${path} is a symlink of the repository: nothing is written to where it leads`, {
    hint: `${commandLine(['git', '-C', root, 'rm', '--cached', link])} && ${commandLine(['rm', path])}`,
    details: { path },
  });
}
