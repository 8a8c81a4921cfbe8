import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '@ralph/protocol/testing/temporary-folder';
import { GatePasses } from '../src/gate/gate-passes.ts';

const KEY = 'a'.repeat(64);
const PASS = { tree: 'b'.repeat(40), flaky: false };

function folderIn(root: string): string {
  return join(root, '.ralph/cache/parallel/ci-passes');
}

describe('GatePasses', () => {
  it('are known to later processes, in a folder that only the user can read', async () => {
    const root = temporaryFolder();
    await new GatePasses(root).remember(KEY, { ...PASS, flaky: true });
    expect(new GatePasses(root).find(KEY)).toEqual({ ...PASS, flaky: true });
    expect(statSync(folderIn(root)).mode & 0o777).toBe(0o700);
    expect(readdirSync(folderIn(root))).toEqual([`${KEY}.json`]);
  });

  it('are known to this process only when told so', async () => {
    const root = temporaryFolder();
    const passes = new GatePasses(undefined);
    await passes.remember(KEY, PASS);
    expect(passes.find(KEY)).toEqual(PASS);
    expect(readdirSync(root)).toEqual([]);
  });

  it.each([
    ['cut off', (text: string) => text.slice(0, 40)],
    ['empty', () => ''],
    ['of another key', (text: string) => text.replaceAll('aaaa', 'cccc')],
    ['of another version', (text: string) => text.replace('"v":1', '"v":2')],
    ['no JSON', () => '\0\0\0'],
  ])('are as none when their file is %s', async (_, damage) => {
    const root = temporaryFolder();
    await new GatePasses(root).remember(KEY, PASS);
    const path = join(folderIn(root), `${KEY}.json`);
    writeFileSync(path, damage(readFileSync(path, 'utf8')));
    expect(new GatePasses(root).find(KEY)).toBeUndefined();
  });

  it('do without a folder that cannot be written', async () => {
    const root = temporaryFolder();
    mkdirSync(join(root, '.ralph'));
    writeFileSync(join(root, '.ralph/cache'), 'no folder');
    chmodSync(join(root, '.ralph/cache'), 0o400);
    const passes = new GatePasses(root);
    await passes.remember(KEY, PASS);
    expect(passes.find(KEY)).toEqual(PASS);
  });

  it('leave nothing of writers that were killed, and what others write is let be', async () => {
    const root = temporaryFolder();
    mkdirSync(folderIn(root), { recursive: true });
    const draft = (pid: number) => `.${KEY}.json.${pid}.${'0'.repeat(16)}.next.17`;
    const { pid: gone } = spawnSync('true');
    for (const pid of [gone, process.pid]) writeFileSync(join(folderIn(root), draft(pid)), 'half');
    // The number has been given to us since.
    const reused = join(folderIn(root), draft(process.pid).replace(/\.17$/, ''));
    writeFileSync(reused, 'half');
    utimesSync(reused, 1, 1);
    await new GatePasses(root).remember(KEY, PASS);
    expect(readdirSync(folderIn(root))).toEqual([draft(process.pid), `${KEY}.json`]);
  });

  it('are at most a thousand or so: those that have not served for longest go', async () => {
    const root = temporaryFolder();
    mkdirSync(folderIn(root), { recursive: true });
    for (let index = 0; index < 1050; index += 1) {
      const path = join(folderIn(root), `${String(index).padStart(64, '0')}.json`);
      writeFileSync(path, '{}');
      utimesSync(path, index + 1, index + 1);
    }
    await new GatePasses(root).remember(KEY, PASS);
    const left = readdirSync(folderIn(root)).toSorted();
    expect(left).toHaveLength(901);
    expect(left[0]).toMatch(/^0+150\.json$/);
    expect(left).toContain(`${KEY}.json`);
  });

  it('that serve stay', async () => {
    const root = temporaryFolder();
    await new GatePasses(root).remember(KEY, PASS);
    const path = join(folderIn(root), `${KEY}.json`);
    utimesSync(path, 1, 1);
    new GatePasses(root).find(KEY);
    expect(statSync(path).mtimeMs).toBeGreaterThan(1_000_000);
  });

  it('are forgotten by this process, the oldest first, when there are very many', async () => {
    const passes = new GatePasses(undefined);
    for (let one = 0; one <= 1000; one += 1) await passes.remember(`key ${one}`, PASS);
    expect([passes.find('key 0'), passes.find('key 1'), passes.find('key 1000')]).toEqual([undefined, PASS, PASS]);
  });
});
