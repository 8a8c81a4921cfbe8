import { execFile } from 'node:child_process';
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { builtProgram } from '@ralph/protocol/testing/run-built-program';
import { temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { testEnvironment } from '@ralph/protocol/testing/test-environment';
import { idOf, toldRun } from './support/told-run.ts';

const HEAP_MB = 24;
const LOG_MB = 64;

it('history and report read a log that is larger than their memory, and a line in it that never ends', async () => {
  const { root } = temporaryRepository();
  const path = join(root, '.ralph/logs/parallel/events.ndjson');
  mkdirSync(dirname(path), { recursive: true });
  const file = openSync(path, 'w');
  writeSync(file, `${'x'.repeat(20 * 2 ** 20)}\n`);
  let runs = 0;
  for (let size = 0; size < LOG_MB * 2 ** 20; runs += 1) {
    const text = toldRun({ tasks: 100, begin: runs * 3_600_000 }).map((event) => `${JSON.stringify(event)}\n`);
    size += writeSync(file, text.join(''));
  }
  closeSync(file);
  const ask = async (...args: string[]) => {
    const words = [`--max-old-space-size=${HEAP_MB}`, builtProgram('ralph-orchestrate'), ...args, '--repo', root];
    return promisify(execFile)(process.execPath, words, { env: testEnvironment(), maxBuffer: 2 ** 26 });
  };
  const { stdout, stderr } = await ask('history', '--limit', '3');
  expect(stdout.trimEnd().split('\n')).toHaveLength(3);
  expect(stdout).toContain(idOf((runs - 1) * 3_600_000));
  expect(stderr).toBe('1 line of the log cannot be read and is left out\n');
  expect((await ask('history', idOf(0))).stdout.trimEnd().split('\n')).toHaveLength(100);
  expect((await ask('report', idOf(0), '--output', '-')).stdout).toContain('could not be read');
});
