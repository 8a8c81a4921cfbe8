import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { temporaryTree } from '../temporary-tree.mjs';

const run = fileURLToPath(new URL('../../bench/run.mjs', import.meta.url));

/** Returns what runs with this folder as its TMPDIR, by its command. */
function runningWith(folder) {
  const text = (path) => {
    try {
      return readFileSync(path, 'utf8');
    } catch {
      return '';
    }
  };
  return readdirSync('/proc').flatMap((pid) =>
    /^\d+$/.test(pid) && text(`/proc/${pid}/environ`).split('\0').includes(`TMPDIR=${folder}`)
      ? [text(`/proc/${pid}/cmdline`).replaceAll('\0', ' ')]
      : [],
  );
}

describe('a benchmark that is interrupted', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ])('by %s ends with %i, and leaves neither a folder nor a process behind', async (signal, status) => {
    const folder = temporaryTree({});
    const bench = spawn(process.execPath, [run, 'once', 'end-to-end', '--json', `${folder}/figures.json`], {
      env: { ...process.env, TMPDIR: folder },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const ended = once(bench, 'exit');
    let words = '';
    bench.stderr.setEncoding('utf8').on('data', (text) => (words += text));
    bench.stdout.resume();
    await expect.poll(() => runningWith(folder).join('\n'), { timeout: 20_000 }).toContain('ralph-worker');
    bench.kill(signal);
    expect(await ended).toEqual([status, null]);
    expect(words.trim()).toBe('bench: interrupted; ending what was started');
    expect(readdirSync(folder).filter((name) => name.startsWith('ralph-bench-'))).toEqual([]);
    await expect.poll(() => runningWith(folder), { timeout: 20_000 }).toEqual([]);
  });
});
