import { execFileSync } from 'node:child_process';
import { existsSync, linkSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { ClaimFiles } from '../../src/process/claim-files.ts';
import { claimedTasks, claimPath } from '../../src/process/claimed-tasks.ts';
import { openFilesIn } from '../../src/process/open-files.ts';
import { takeClaim, tryClaim } from '../../src/process/task-claim.ts';
import { temporaryFolder } from '../../src/testing/temporary-folder.ts';

function newFiles(): ClaimFiles {
  const files = new ClaimFiles();
  onTestFinished(() => files.close());
  return files;
}

/** Status 0 when flock(1) gets the lock, 1 when another has it. */
function flockStatus(path: string): number {
  try {
    execFileSync('flock', ['-n', path, 'true']);
    return 0;
  } catch (error) {
    return (error as { status: number }).status;
  }
}

// Elsewhere open(2) itself takes the lock.
it.skipIf(process.platform !== 'linux')('is a claim for everybody, and free when it is given back', async () => {
  const root = temporaryFolder();
  const files = newFiles();
  for (const id of ['A', 'B', 'A']) {
    const claim = await takeClaim(root, id, { waitMs: 0, files });
    expect(flockStatus(claimPath(root, id))).toBe(1);
    expect(await tryClaim(root, id, { waitMs: 0 })).toBeUndefined();
    expect(await tryClaim(root, id, { waitMs: 0, files: newFiles() })).toBeUndefined();
    expect(claimedTasks(root)).toEqual(new Set([id]));
    expect(openFilesIn(dirname(claimPath(root, id)))).toContain(`${id}.lock`);
    claim.release();
    expect(claimedTasks(root)).toEqual(new Set());
    const other = await tryClaim(root, id, { waitMs: 0 });
    expect(other?.taskId).toBe(id);
    other?.release();
  }
});

// Elsewhere open(2) itself takes the lock.
it.skipIf(process.platform !== 'linux')(
  'takes over what a killed process has left, and waits for what lives',
  async () => {
    const root = temporaryFolder();
    const files = newFiles();
    (await takeClaim(root, 'B', { waitMs: 0, files })).release();
    writeFileSync(claimPath(root, 'A'), '');
    const claim = await takeClaim(root, 'A', { waitMs: 0, files });
    expect(flockStatus(claimPath(root, 'A'))).toBe(1);
    const waiting = takeClaim(root, 'A', { waitMs: 60_000, files });
    claim.release();
    (await waiting).release();
    expect(existsSync(claimPath(root, 'A'))).toBe(false);
  },
);

// Elsewhere open(2) itself takes the lock.
it.skipIf(process.platform !== 'linux')('whoever waits for such a claim gets it', async () => {
  const root = temporaryFolder();
  const claim = await takeClaim(root, 'A', { waitMs: 0, files: newFiles() });
  const waiting = takeClaim(root, 'A', { waitMs: 60_000 });
  claim.release();
  (await waiting).release();
  expect(existsSync(claimPath(root, 'A'))).toBe(false);
});

// Elsewhere open(2) itself takes the lock.
it.skipIf(process.platform !== 'linux')(
  'leaves nothing behind, and never uses a file again that has another name',
  async () => {
    const root = temporaryFolder();
    const files = newFiles();
    const folder = dirname(claimPath(root, 'A'));
    const claim = await takeClaim(root, 'A', { waitMs: 0, files });
    linkSync(claimPath(root, 'A'), join(folder, 'kept'));
    claim.release();
    expect(flockStatus(join(folder, 'kept'))).toBe(0);
    (await takeClaim(root, 'A', { waitMs: 0, files })).release();
    files.close();
    expect(readdirSync(folder)).toEqual(['kept']);
  },
);
