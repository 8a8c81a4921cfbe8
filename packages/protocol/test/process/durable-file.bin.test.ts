import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sweepNextFiles } from '../../src/process/next-file.ts';
import { temporaryFolder } from '../../src/testing/temporary-folder.ts';
import { bundledScript } from '../bundled-script.ts';

const SIZE = 200_000;

describe('replaceFile', () => {
  it('leaves one whole content and a sweepable rest when it is killed at any instant', async () => {
    const script = bundledScript('process/script-replace-file');
    const folder = temporaryFolder();
    const path = join(folder, 'state.json');
    for (let round = 0; round < 8; round += 1) {
      const child = spawn(process.execPath, [script, path, String(SIZE), 'abcdefgh'.repeat(1000)], {
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      const closed = once(child, 'close');
      let lines = 0;
      child.stdout.on('data', () => {
        lines += 1;
        if (lines === round + 1) child.kill('SIGKILL');
      });
      await closed;
      const content = readFileSync(path, 'utf8');
      expect([content.length, new Set(content).size]).toEqual([SIZE, 1]);
    }
    sweepNextFiles(path);
    expect(readdirSync(folder)).toEqual(['state.json']);
  });

  it('keeps the old content, reports disk_full and leaves nothing beside it on a full disk', (context) => {
    const script = bundledScript('process/script-replace-file');
    const folder = temporaryFolder();
    const disk = join(folder, 'disk');
    mkdirSync(disk);
    // A disk of 256 KiB in a mount namespace of its own, which ends with the shell.
    const inNamespace = (body: string, ...args: readonly string[]) =>
      spawnSync(
        'unshare',
        ['-rm', 'sh', '-c', `mount -t tmpfs -o size=256k none "$1" && ${body}`, 'sh', disk, ...args],
        {
          encoding: 'utf8',
        },
      );
    if (inNamespace('true').status !== 0) context.skip('this machine lets nobody mount a small disk');
    const body = '"$2" "$3" "$1/f" 150000 ab; ls -A "$1"; tr -d b < "$1/f" | wc -c';
    const { stdout } = inNamespace(body, process.execPath, script);
    expect(stdout.split('\n').map((line) => line.trim())).toEqual(['a', 'disk_full', 'f', '150000', '']);
  });
});
