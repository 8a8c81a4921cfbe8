import { expect, it } from 'vitest';
import { records, runProgram } from '@ralph/protocol/testing/run-built-program';
import { scriptedCommand } from '@ralph/protocol/testing/scripted-agent';
import { queueTask, temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { leftovers } from './support/leftovers.ts';
import { recordsOnDisk } from './support/state.ts';

it.each([
  ['is gone', 'rm "$0"'],
  ['is no longer executable', 'chmod 600 "$0"'],
  [
    'has lost its interpreter',
    `printf '#!/no/such/interpreter\\n' > "$0.new" && chmod 755 "$0.new" && mv "$0.new" "$0"`,
  ],
])(
  'M37: a command that %s when the second task starts ends that one alone, and leaves nothing',
  async (_name, spoil) => {
    const repository = temporaryRepository();
    const { root, folder } = repository;
    repository.queue([queueTask('RQ-0001'), queueTask('RQ-0002')]);
    const agent = scriptedCommand(folder, 'agent', `echo x > "$RALPH_TASK_ID.txt"\n${spoil}`);
    const { status, stdout } = await runProgram('ralph-orchestrate', ['run', '--workers', '1', '--', agent], {
      cwd: root,
    });
    expect(status).toBe(2);
    expect(records(stdout).at(-1)).toMatchObject({ landed: ['RQ-0001'], failed: ['RQ-0002'] });
    const failed = records(stdout).find(({ type }) => type === 'task.failed');
    expect(failed).toMatchObject({ task_id: 'RQ-0002', reason: expect.stringContaining(agent) });
    expect(recordsOnDisk(root)).toMatchObject([
      { task_id: 'RQ-0001', lifecycle: 'completed' },
      { task_id: 'RQ-0002', lifecycle: 'failed', error_code: failed?.['code'] },
    ]);
    expect(leftovers(repository)).toEqual([]);
  },
);
