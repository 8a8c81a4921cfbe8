import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Failure } from '@ralph/protocol/contract/failure';
import type { Repository } from '@ralph/protocol/process/repository';
import { git, tryGit } from '@ralph/protocol/process/git';
import type { ConfigEntry } from '../workspace/config-list.ts';

/** A key that waits for somebody to type a passphrase must not be waited for. */
const LIMIT_MS = 20_000;

/**
 * Makes sure, where commits are signed, that one can be signed with nobody at the keyboard. The commit that is made to
 * see it stays out of the repository.
 *
 * @throws Failure `workspace_unsupported`
 */
export async function requireSigning(repo: Required<Repository>, localConfig: readonly ConfigEntry[]): Promise<void> {
  const sign = localConfig.findLast(({ key }) => key === 'commit.gpgsign')?.value ?? 'false';
  if (!/^(?:true|yes|on|[1-9]\d*)$/i.test(sign)) return;
  const objects = mkdtempSync(join(tmpdir(), 'ralph-signing-'));
  const env = { GIT_OBJECT_DIRECTORY: objects, GIT_ALTERNATE_OBJECT_DIRECTORIES: join(repo.gitDir, 'objects') };
  const where = { cwd: repo.root, env, limitMs: LIMIT_MS, input: '' };
  try {
    const tree = (await git(['mktree'], where)).trim();
    const { exitCode, stderr } = await tryGit(
      ['commit-tree', '-S', '-m', 'ralph: can a commit be signed?', tree],
      where,
    );
    if (exitCode === 0) return;
    throw cannotSign(exitCode === null ? 'nothing came of it for 20 seconds' : stderr);
  } finally {
    rmSync(objects, { recursive: true, force: true });
  }
}

function cannotSign(words: string): Failure {
  const said = words.trim().split('\n').slice(-3).join(' / ');
  return new Failure('workspace_unsupported', `commits are signed here, and none can be unattended: ${said}`, {
    hint: 'have an agent (gpg-agent, ssh-agent) hold the key, or git config commit.gpgSign false',
  });
}
