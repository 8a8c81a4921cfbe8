import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { errorRecord, records, runProgram, startProgram } from '@ralph/protocol/testing/run-built-program';
import { canSandbox, livingWith } from '@ralph/protocol/testing/sandbox-here';
import { scriptedCommand } from '@ralph/protocol/testing/scripted-agent';
import { queueTask, temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { waitUntil } from '@ralph/protocol/testing/wait-until';

const SANDBOX = ['--sandbox', 'bwrap'] as const;

// Without bubblewrap, or where user namespaces are forbidden, there is no sandbox that could be tested.
describe.skipIf(!canSandbox())('a run in a sandbox', () => {
  it('lands what its agents make, with set-up, gate and resolver, and none of them writes elsewhere', async () => {
    const repository = temporaryRepository();
    repository.queue([queueTask('RQ-0001'), queueTask('RQ-0002')]);
    const script = `touch ${repository.root}/evil && exit 3; test -e tool || exit 4
if test -n "$RALPH_HANDOFF"; then touch mended; else echo "$RALPH_TASK_ID" >"$RALPH_TASK_ID"; fi
git add -A && git commit -q -m work`;
    const agent = scriptedCommand(repository.folder, 'agent', script);
    const how = ['--setup', 'echo tool >tool', '--ci', `touch ${repository.root}/evil && exit 5; test -e mended`];
    const end = await runProgram('ralph-orchestrate', ['run', ...SANDBOX, ...how, '--', agent], {
      cwd: repository.root,
    });
    expect(end.status).toBe(0);
    const landed = records(end.stdout).filter(({ type }) => type === 'task.completed');
    expect(landed.map(({ task_id }) => String(task_id)).toSorted()).toEqual(['RQ-0001', 'RQ-0002']);
    expect(repository.gitOrigin('show', 'main:RQ-0002')).toBe('RQ-0002');
    expect(existsSync(join(repository.root, 'evil'))).toBe(false);
  });

  it('leaves no process when it is killed, and the next one finds the work', async () => {
    const repository = temporaryRepository();
    repository.queue([queueTask('RQ-0001')]);
    const out = join(repository.folder, 'out');
    mkdirSync(out);
    const hang = 'echo edit >edit.txt; setsid sleep 600 & echo on >"$OUT/on"; sleep 600';
    const args = ['run', ...SANDBOX, '--sandbox-write', out, '--', scriptedCommand(repository.folder, 'agent', hang)];
    const run = startProgram('ralph-orchestrate', args, { cwd: repository.root, env: { OUT: out } });
    await waitUntil('the agent', () => existsSync(join(out, 'on')));
    const sign = `RALPH_WORKSPACE=${join(repository.workspaces, 'RQ-0001')}`;
    expect(livingWith(sign).length).toBeGreaterThan(2);
    run.kill('SIGKILL');
    await waitUntil('the end of every process', () => livingWith(sign).length === 0);
    const agent = scriptedCommand(repository.folder, 'agent', 'echo done >done.txt');
    const end = await runProgram('ralph-orchestrate', ['run', ...SANDBOX, '--', agent], { cwd: repository.root });
    expect(end.status).toBe(0);
    expect(repository.gitOrigin('show', 'main:done.txt')).toBe('done');
  });

  it('is one where a trusted configuration wants it, and the doctor says whether it can be', async () => {
    const repository = temporaryRepository();
    repository.queue([queueTask('RQ-0001')]);
    const evil = join(repository.root, 'evil');
    const script = `touch ${evil}; echo x >x.txt`;
    const agent = scriptedCommand(repository.folder, 'agent', script);
    repository.write('.ralph/config.jsonc', JSON.stringify({ agent: { sandbox: 'bwrap', sandbox_net: 'none' } }));
    repository.write('.ralph/trust.jsonc', '{"allow_project_commands":true}');
    const doctor = await runProgram('ralph-orchestrate', ['doctor'], { cwd: repository.root });
    expect(records(doctor.stdout).filter(({ check }) => check === 'sandbox')).toMatchObject([{ level: 'ok' }]);
    const end = await runProgram('ralph-orchestrate', ['run', '--', agent], { cwd: repository.root });
    expect(end.status).toBe(0);
    expect(existsSync(evil)).toBe(false);
    const log = join(repository.root, '.ralph/logs/parallel/RQ-0001.1.log');
    expect(readFileSync(log, 'utf8')).toContain('Read-only file system');
  });
});

it('what a repository says of the sandbox counts only where it is trusted', async () => {
  const repository = temporaryRepository();
  repository.queue([queueTask('RQ-0001')]);
  repository.write('.ralph/config.jsonc', JSON.stringify({ agent: { sandbox: 'none', sandbox_write: ['/'] } }));
  const end = await runProgram('ralph-orchestrate', ['run', '--', 'true'], { cwd: repository.root });
  expect(end).toMatchObject({ status: 78, stdout: '' });
  expect(errorRecord(end.stderr)).toMatchObject({
    code: 'config_untrusted',
    details: { keys: ['agent.sandbox', 'agent.sandbox_write'] },
  });
});

it('a run that cannot have its sandbox starts nothing', async () => {
  const repository = temporaryRepository();
  repository.queue([queueTask('RQ-0001')]);
  const shim = scriptedCommand(repository.folder, 'bwrap', 'echo "bwrap: No permissions" >&2; exit 1');
  const ran = join(repository.folder, 'ran');
  const args = ['run', ...SANDBOX, '--', scriptedCommand(repository.folder, 'agent', `touch ${ran}`)];
  const env = { PATH: `${join(shim, '..')}:${process.env['PATH'] ?? ''}` };
  const end = await runProgram('ralph-orchestrate', args, { cwd: repository.root, env });
  expect(end.status).toBe(78);
  expect(errorRecord(end.stderr)).toMatchObject({ code: 'sandbox_unavailable' });
  expect(existsSync(ran)).toBe(false);
  expect(repository.git('for-each-ref', 'refs/ralph')).toBe('');
});
