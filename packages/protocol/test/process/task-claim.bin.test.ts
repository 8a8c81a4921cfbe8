import { renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { RALPH_PATHS } from '../../src/contract/paths.ts';
import { takeClaim, tryClaim } from '../../src/process/task-claim.ts';
import { temporaryFolder } from '../../src/testing/temporary-folder.ts';

it('lets go of a claim whose file cannot be reached any more, and does not throw', async () => {
  const root = temporaryFolder();
  const claims = join(root, RALPH_PATHS.claims);
  const claim = await takeClaim(root, 'A', { waitMs: 0 });
  renameSync(claims, `${claims}-away`);
  symlinkSync('claims', claims);
  expect(() => claim.release()).not.toThrow();
  rmSync(claims);
  renameSync(`${claims}-away`, claims);
  const next = await tryClaim(root, 'A', { waitMs: 0 });
  expect(next?.taskId).toBe('A');
  next?.release();
});
