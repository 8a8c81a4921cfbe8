import { cpSync, lstatSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { tryGit } from '@ralph/protocol/process/git';
import { readTextIfPresent } from '@ralph/protocol/process/read-jsonc';
import { readConfigList } from './config-list.ts';
import { hasOwnGitFolder } from './own-git-folder.ts';
import type { ConfigEntry } from './config-list.ts';
import { configText } from './repository-config.ts';

const KEPT = '.git/ralph/config';

/** Keeps the settings of a new workspace, before an agent can change them. */
export function keepConfig(workspace: string): void {
  const kept = join(workspace, KEPT);
  mkdirSync(dirname(kept), { recursive: true });
  cpSync(join(workspace, '.git/config'), kept);
}

/**
 * Puts the settings of a workspace back that it was made with, so that nothing an agent has set there is run by a git of
 * ours: filters, signing programs, editors, helpers. What says how its repository is stored stays, and git-lfs. To be
 * called when the agent has ended.
 */
export async function restoreConfig(workspace: string): Promise<void> {
  if (!hasOwnGitFolder(workspace)) return;
  const [own, next] = [join(workspace, '.git/config'), join(workspace, '.git/ralph/config.next')];
  const kept = readTextIfPresent(join(workspace, KEPT));
  const isPlain = lstatSync(own, { throwIfNoEntry: false })?.isFile() === true;
  if (kept === undefined || (isPlain && readTextIfPresent(own) === kept)) return;
  const stays = isPlain ? (await entriesOf(own, workspace)).filter(staysAsItIs) : [];
  writeFileSync(next, `${kept}${configText(stays)}`);
  if (!isPlain) rmSync(own, { recursive: true, force: true });
  renameSync(next, own);
}

async function entriesOf(config: string, cwd: string): Promise<ConfigEntry[]> {
  const { exitCode, stdout } = await tryGit(['config', '--file', config, '--no-includes', '--list', '-z'], { cwd });
  return exitCode === 0 ? readConfigList(stdout) : [];
}

function staysAsItIs({ key, value }: ConfigEntry): boolean {
  if (/^filter\.lfs\.(?:clean|smudge|process)$/.test(key)) return /^git-lfs [\w% -]+$/.test(value);
  return /^extensions\.|^core\.repositoryformatversion$/.test(key) && key !== 'extensions.worktreeconfig';
}
