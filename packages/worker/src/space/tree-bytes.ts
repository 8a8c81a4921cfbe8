import { listNames } from '../travel/listed-names.ts';
import type { ConfigEntry } from '../workspace/config-list.ts';

const BLOCK = 4096;

/**
 * Returns about how many bytes of a disk the files of a commit take: each takes whole blocks.
 *
 * @throws Failure `git_failed`
 */
export async function treeBytes(repoRoot: string, commit: string, signal?: AbortSignal): Promise<number> {
  let blocks = 0;
  const where = { cwd: repoRoot, ...(signal === undefined ? {} : { signal }) };
  await listNames(['ls-tree', '-r', '-z', '--format=%(objectsize)', commit], where, (size) => {
    // A submodule has none.
    if (size !== '-') blocks += Math.ceil(Number(size) / BLOCK);
  });
  return blocks * BLOCK;
}

/**
 * Tells whether the size of a tree says what a workspace takes. In a partial clone git would fetch each file to learn
 * its size; a sparse workspace has only some of them.
 */
export function canCountTree(localConfig: readonly ConfigEntry[]): boolean {
  return !localConfig.some(
    ({ key, value }) =>
      /^remote\..*\.promisor$|^extensions\.partialclone$/.test(key) ||
      (key === 'core.sparsecheckout' && value === 'true'),
  );
}
