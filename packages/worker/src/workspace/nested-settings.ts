import { lstatSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { bytesOfFile } from '@ralph/protocol/process/read-open-file';
import { tryGit } from '@ralph/protocol/process/git';
import { within } from '@ralph/protocol/process/byte-path';
import { readConfigList, type ConfigEntry } from './config-list.ts';
import { makePlain } from '@ralph/protocol/process/plain-git-folder';
import { configText } from './repository-config.ts';

/** What a repository inside may say: how it is stored, where it came from and who commits. Nothing of it is run. */
const HARMLESS = [
  /^core\.(?:repositoryformatversion|filemode|bare|logallrefupdates|worktree|ignorecase|precomposeunicode|symlinks|autocrlf|eol|sparsecheckout|sparsecheckoutcone)$/,
  /^extensions\.(?:objectformat|refstorage)$/,
  /^remote\..*\.(?:url|pushurl|fetch)$/,
  /^branch\..*\.(?:remote|merge)$/,
  /^submodule\..*\.(?:url|active)$/,
  /^user\.(?:name|email)$/,
];

const OUTSIDE = 'outside';

type Place = Buffer | typeof OUTSIDE | undefined;

/** The only hook that a git runs which looks. */
const HOOK = 'hooks/post-index-change';

/**
 * Takes out of a repository inside a workspace what would be run by a git that looks at it, also by the one that a git of
 * ours starts there. One whose git folder is outside the workspace is let go: its files are then files as others.
 *
 * @param dotGit the file, folder or link of that name
 */
export async function tameNested(workspace: string, dotGit: Buffer): Promise<void> {
  const gitDir = gitDirOf(workspace, dotGit);
  if (gitDir === OUTSIDE) return rmSync(dotGit, { force: true });
  if (gitDir === undefined) return;
  const common = commonOf(workspace, gitDir);
  if (common === OUTSIDE) rmSync(within(gitDir, 'commondir'), { force: true });
  const own = within(realpathSync(workspace), '.git');
  const folders = [gitDir, ...(common === undefined || common === OUTSIDE ? [] : [common])];
  // Its own are settled already.
  for (const folder of folders.filter((one) => !one.equals(own))) {
    makePlain(folder);
    rmSync(within(folder, 'config.worktree'), { force: true, recursive: true });
    rmSync(within(folder, HOOK), { force: true, recursive: true });
    await tameConfig(workspace, folder);
  }
}

async function tameConfig(workspace: string, gitDir: Buffer): Promise<void> {
  const path = within(gitDir, 'config');
  if (lstatSync(path, { throwIfNoEntry: false })?.isFile() !== true) return;
  const args = ['config', '--file', '-', '--no-includes', '--list', '-z'];
  const listed = await tryGit(args, {
    cwd: workspace,
    input: bytesOfFile(path).toString('utf8'),
    env: { GIT_DIR: '/dev/null' },
  });
  // What git cannot read, it does not obey.
  if (listed.exitCode !== 0) return;
  const entries = readConfigList(listed.stdout);
  const harmless = entries.filter(isHarmless);
  if (harmless.length === entries.length) return;
  const next = within(gitDir, 'config.next');
  rmSync(next, { force: true, recursive: true });
  writeFileSync(next, configText(harmless), { flag: 'wx' });
  renameSync(next, path);
}

function isHarmless({ key }: ConfigEntry): boolean {
  return HARMLESS.some((pattern) => pattern.test(key));
}

/** Nothing where it leads nowhere. */
function gitDirOf(workspace: string, dotGit: Buffer): Place {
  const real = realPathIn(workspace, dotGit);
  if (real === undefined || real === OUTSIDE || lstatSync(real).isDirectory()) return real;
  return ledTo(workspace, real, /^gitdir: (.+?)\n?$/s);
}

function commonOf(workspace: string, gitDir: Buffer): Place {
  const path = within(gitDir, 'commondir');
  return lstatSync(path, { throwIfNoEntry: false }) === undefined ? undefined : ledTo(workspace, path, /^(.+?)\n?$/s);
}

/** What a file of git's says is the folder that it means, counted from its own. */
function ledTo(workspace: string, file: Buffer, form: RegExp): Place {
  if (lstatSync(file, { throwIfNoEntry: false })?.isFile() !== true) return undefined;
  const [, named] = form.exec(bytesOfFile(file).toString('latin1')) ?? [];
  if (named === undefined) return undefined;
  const target = Buffer.from(named, 'latin1');
  const folder = file.subarray(0, file.lastIndexOf('/'));
  return realPathIn(workspace, named.startsWith('/') ? target : within(folder, target));
}

function realPathIn(workspace: string, path: Buffer): Place {
  try {
    const real = realpathSync(path, { encoding: 'buffer' });
    const root = within(realpathSync(workspace), '');
    return real.subarray(0, root.length).equals(root) ? real : OUTSIDE;
  } catch {
    return undefined;
  }
}
