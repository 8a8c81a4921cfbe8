import { Failure } from '@ralph/protocol/contract/failure';
import { tryGit, type GitOptions } from '@ralph/protocol/process/git';

/**
 * Makes sure that git knows who commits.
 *
 * @throws Failure `identity_missing`
 */
export async function requireIdentity(where: GitOptions): Promise<void> {
  if (await hasIdentity(where)) return;
  throw new Failure('identity_missing', `git does not know who commits in ${where.cwd}`, {
    hint: 'git config user.name "Your Name" && git config user.email you@example.com',
  });
}

/** Returns what a commit of kept work needs in its environment: nothing, or a name of ours where nobody has one. */
export async function identityOrOurs(where: GitOptions): Promise<Readonly<Record<string, string>>> {
  if (await hasIdentity(where)) return {};
  return {
    GIT_AUTHOR_NAME: 'ralph',
    GIT_AUTHOR_EMAIL: 'ralph@localhost',
    GIT_COMMITTER_NAME: 'ralph',
    GIT_COMMITTER_EMAIL: 'ralph@localhost',
  };
}

async function hasIdentity(where: GitOptions): Promise<boolean> {
  for (const name of ['GIT_AUTHOR_IDENT', 'GIT_COMMITTER_IDENT']) {
    const { exitCode } = await tryGit(['var', name], where);
    if (exitCode !== 0) return false;
  }
  return true;
}
