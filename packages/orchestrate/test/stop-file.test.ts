import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '@ralph/protocol/testing/temporary-folder';
import { StopFile } from '../src/stop/stop-file.ts';

const LEFT = JSON.stringify({ pid: 1, start_time: '1', at: '2026-01-01T00:00:00Z' });

function stopFile(): { folder: string; path: string; file: StopFile } {
  const folder = temporaryFolder();
  const path = join(folder, 'stop_requested');
  return { folder, path, file: new StopFile(path, { holder: undefined, since: Number.MAX_SAFE_INTEGER }) };
}

describe('the file in which a run is asked to stop', () => {
  it('is taken away where an earlier run has left it, and heeded when it appears after that', () => {
    const { folder, path, file } = stopFile();
    writeFileSync(path, LEFT);
    expect(file.isAsked()).toBe(false);
    expect(readdirSync(folder)).toEqual([]);
    writeFileSync(path, 'stop');
    expect(file.isAsked()).toBe(true);
    file.takeAway();
    expect(existsSync(path)).toBe(false);
  });

  it('is not waited for where it is a pipe', () => {
    const { path, file } = stopFile();
    execFileSync('mkfifo', [path]);
    expect(file.isAsked()).toBe(false);
  });

  it('is no request where it is a folder, and stays', () => {
    const { path, file } = stopFile();
    mkdirSync(path);
    expect(file.isAsked()).toBe(false);
    file.takeAway();
    expect(existsSync(path)).toBe(true);
  });
});
