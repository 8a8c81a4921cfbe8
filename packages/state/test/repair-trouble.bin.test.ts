import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { builtProgram, errorRecord } from '@ralph/protocol/testing/run-built-program';
import { temporaryFolder } from '@ralph/protocol/testing/temporary-folder';
import { testEnvironment } from '@ralph/protocol/testing/test-environment';

const DESCRIPTION = 'words '.repeat(25_000);
const QUEUE = JSON.stringify({
  version: 1,
  tasks: [{ id: 'A', title: 'a', status: 'done', description: DESCRIPTION }],
});

/** Runs shell commands in a small disk of their own, which ends with them; $1 is the disk, $2 the program. */
function onDisk(size: string, body: string): ReturnType<typeof spawnSync> & { stdout: string; stderr: string } {
  const script = `mount -t tmpfs -o size=${size} none "$1" && cd "$1" && mkdir -p .ralph/cache/parallel && ${body}`;
  const program = `"${process.execPath}" "${builtProgram('ralph-state')}"`;
  const whole = script.replaceAll('ralph-state', program);
  return spawnSync('unshare', ['-rm', 'sh', '-c', whole, 'sh', temporaryFolder()], {
    encoding: 'utf8',
    env: testEnvironment(),
    input: QUEUE,
  });
}

const READ_ONLY = 'mount --bind .ralph/queue.jsonc .ralph/queue.jsonc && mount -o remount,bind,ro .ralph/queue.jsonc';

describe('ralph-state repair that cannot write', () => {
  it.for([
    { where: 'there is no room for the copy', size: '240k', prepare: ':', code: 'disk_full', kept: 0 },
    { where: 'there is room for the copy alone', size: '400k', prepare: ':', code: 'disk_full', kept: 1 },
    { where: 'the queue must not be written', size: '900k', prepare: READ_ONLY, code: 'permission', kept: 0 },
  ])('leaves everything as it was where $where', ({ size, prepare, code, kept }, { skip }) => {
    if (onDisk('64k', 'true').status !== 0) skip('this machine lets nobody mount a small disk');
    const body =
      'ralph-state repair --repo . --format ndjson; echo "status $?"; ls -A .ralph | wc -l; ' +
      'find .ralph/cache/repair -type f 2> /dev/null | wc -l; cat .ralph/queue.jsonc';
    const { stdout, stderr } = onDisk(size, `cat > .ralph/queue.jsonc && ${prepare} && { ${body}; }`);
    const [status, beside, copies, ...rest] = stdout.split('\n').map((line) => line.trim());
    expect({ status, beside, copies, error: errorRecord(stderr) }).toMatchObject({
      status: 'status 74',
      beside: '2',
      copies: String(kept),
      error: { code },
    });
    expect(rest).toEqual([QUEUE]);
  });
});
