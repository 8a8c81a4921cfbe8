import { closeSync, existsSync, mkdirSync, openSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryRepository, type TestRepository } from '@ralph/protocol/testing/temporary-repository';
import { removeLeftObjects } from '../src/upkeep/left-objects.ts';

const HOUR_MS = 3_600_000;
const now = Date.now();

/** Writes a file among the objects, so many milliseconds ago. */
function unfinished({ root }: TestRepository, name: string, ageMs: number): string {
  const path = join(root, '.git/objects', name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, 'half');
  const at = new Date(now - ageMs);
  utimesSync(path, at, at);
  return path;
}

describe('what killed gits have left among the objects', () => {
  // Elsewhere nobody can tell who has a file open.
  it.skipIf(process.platform !== 'linux')('goes when nobody has written to it for an hour', () => {
    const repo = temporaryRepository();
    const left = ['eb/tmp_obj_qMghTq', 'pack/tmp_pack_aB3_x9', 'pack/tmp_idx_000000'].map((name) =>
      unfinished(repo, name, HOUR_MS + 60_000),
    );
    expect(removeLeftObjects(join(repo.root, '.git/objects'), now)).toBe(3);
    expect(left.filter((path) => existsSync(path))).toEqual([]);
    expect(repo.git('fsck', '--strict')).toBe('');
  });

  it('stays while it is younger, and where it is something else', () => {
    const repo = temporaryRepository();
    const kept = [
      unfinished(repo, 'eb/tmp_obj_qMghTq', HOUR_MS - 60_000),
      unfinished(repo, 'eb/tmp_obj', 2 * HOUR_MS),
      unfinished(repo, 'pack/pack-tmp_obj_qMghTq', 2 * HOUR_MS),
      unfinished(repo, 'mine/tmp_obj_qMghTq', 2 * HOUR_MS),
    ];
    expect(removeLeftObjects(join(repo.root, '.git/objects'), now)).toBe(0);
    expect(kept.filter((path) => !existsSync(path))).toEqual([]);
  });

  it('stays while somebody has it open, however old it is', () => {
    const repo = temporaryRepository();
    const path = unfinished(repo, 'eb/tmp_obj_qMghTq', 2 * HOUR_MS);
    const descriptor = openSync(path, 'r');
    expect(removeLeftObjects(join(repo.root, '.git/objects'), now)).toBe(0);
    closeSync(descriptor);
    expect(existsSync(path)).toBe(true);
  });

  it('is nothing where there are no objects', () => {
    expect(removeLeftObjects(join(temporaryRepository().root, 'no-such-folder'), now)).toBe(0);
  });
});
