import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { scriptedCommand } from '@ralph/protocol/testing/scripted-agent';
import { temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { HONEST, HOSTILE, leftProcesses, SALVAGE } from './hostile-run.ts';
import { program, requireMount, smallDisk } from './small-disk.ts';
import { runOf, taskLines } from './worker-run.ts';

const FILL = 'dd if=/dev/zero of=fill bs=64k 2>/dev/null; until ! echo x >> rest; do :; done 2>/dev/null';

describe('a hostile agent that fills the disk', () => {
  it.for([
    ['failed', 'exit 3', 'agent_failed'],
    ['well', 'exit 0', 'disk_full'],
  ])(
    'of the workspaces and ended %s: its work is kept, the room is free again for the honest one beside it',
    async ([, end, code], context) => {
      requireMount(context);
      const repo = temporaryRepository();
      const root = join(repo.folder, 'small');
      const disk = await smallDisk(root, 8);
      const agent = scriptedCommand(
        repo.folder,
        'agent',
        `if [ "$RALPH_TASK_ID" = ${HONEST} ]; then look=0; until [ -e "${repo.folder}/acted" ] && [ ! -e ../${HOSTILE} ] || [ $((look+=1)) -gt 200 ]; do sleep 0.05; done
dd if=/dev/zero of=honest.txt bs=64k count=16 2>/dev/null; exit; fi
echo work > work.txt; git add work.txt; git commit -q -m work; echo half > half.txt; ${FILL}; touch "${repo.folder}/acted"; ${end}`,
      );
      const args = ['run', '--workspace-root', root, '--min-free', '0', '--jobs', '2', '--', agent];
      const run = await disk.run(program('ralph-worker', ...args), {
        cwd: repo.root,
        stdin: taskLines(HOSTILE, HONEST),
      });
      const { status, events } = runOf(run.status, run.stdout, run.stderr);
      expect(status).toBe(2);
      await expect.poll(() => leftProcesses(repo)).toEqual([]);
      expect(events('task.failed')).toMatchObject([{ task_id: HOSTILE, code, salvage_ref: SALVAGE }]);
      expect(events('workspace.removed')).toMatchObject([{ task_id: HOSTILE }]);
      expect(repo.git('show', `${SALVAGE}:half.txt`)).toBe('half');
      expect(repo.git('log', '--format=%s', `main..${SALVAGE}`)).toContain('work');
      expect(repo.git('cat-file', '-s', `refs/ralph/attempts/${HONEST}/1:honest.txt`)).toBe('1048576');
      expect(repo.git('fsck', '--no-dangling')).toBe('');
      const list = await disk.run(program('ralph-worker', 'list', '--workspace-root', root), { cwd: repo.root });
      expect(JSON.parse(list.stdout)).toMatchObject({ task_id: HONEST });
    },
  );

  it('of the user, too: the workspace stays, says why, and is kept and removed as soon as there is room', async (context) => {
    requireMount(context);
    const repo = temporaryRepository();
    const small = join(repo.folder, 'small');
    const disk = await smallDisk(small, 16);
    const root = join(small, 'repo');
    await disk.run(['cp', '-a', repo.root, small], { cwd: repo.folder });
    const agent = scriptedCommand(repo.folder, 'agent', `echo half > half.txt; cd ../../../../repo; ${FILL}; exit 3`);
    const run = await disk.run(program('ralph-worker', 'run', '--min-free', '0', '--', agent), {
      cwd: root,
      stdin: taskLines(HOSTILE),
    });
    const { status, events } = runOf(run.status, run.stdout, run.stderr);
    expect(status).toBe(1);
    await expect.poll(() => leftProcesses(repo)).toEqual([]);
    expect(events('task.failed')).toMatchObject([
      {
        code: 'agent_failed',
        reason: expect.stringMatching(/the workspace is kept, since .*(?:ENOSPC|No space left)/),
      },
    ]);
    expect(events('workspace.removed')).toEqual([]);
    await disk.run(['rm', 'fill', 'rest'], { cwd: root });
    const reaped = await disk.run(program('ralph-worker', 'reap'), { cwd: root });
    expect(JSON.parse(reaped.stdout)).toMatchObject({ task_id: HOSTILE, action: 'removed', salvage_ref: SALVAGE });
    const kept = await disk.run(['git', 'show', `${SALVAGE}:half.txt`], { cwd: root });
    expect(kept.stdout).toBe('half\n');
  });
});
