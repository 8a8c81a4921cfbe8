import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runProgram } from '@ralph/protocol/testing/run-built-program';
import { canSandbox } from '@ralph/protocol/testing/sandbox-here';
import { scriptedCommand } from '@ralph/protocol/testing/scripted-agent';
import { temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { testEnvironment } from '@ralph/protocol/testing/test-environment';
import { eventOf, finishedAttempt } from './finished-attempt.ts';
import { eventsOf, landWith, rivals } from './remedy-run.ts';

const SANDBOX = ['--sandbox', 'bwrap'] as const;

// Without bubblewrap, or where user namespaces are forbidden, there is no sandbox that could be tested.
describe.skipIf(!canSandbox())('in a sandbox', () => {
  it('a gate writes its workspace only, and what passes it lands', async () => {
    const repo = temporaryRepository();
    const { line } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    const { line: other, workspace } = finishedAttempt(repo, 'T-2', { files: { 'b.txt': 'b\n' } });
    const tries = [join(repo.root, 'evil'), join(repo.root, '.git/hooks/pre-push'), join(workspace, 'evil')];
    const gate = `for path in ${tries.join(' ')}; do touch $path 2>/dev/null && test "$RALPH_TASK_ID" = T-1 && exit 3; done; touch built`;
    const args = ['run', '--keep-workspaces', ...SANDBOX, '--ci', gate];
    const end = await runProgram('ralph-integrate', args, { cwd: repo.root, stdin: `${line}\n${other}\n` });
    expect(end.status).toBe(0);
    expect(eventsOf(end, 'task.completed').map(({ task_id }) => task_id)).toEqual(['T-1', 'T-2']);
    expect(tries.slice(0, 2).map((path) => existsSync(path))).toEqual([false, false]);
    expect(repo.gitOrigin('show', 'main:a.txt')).toBe('a');
  });

  it('a resolver mends a conflict, with its prompt and its packet in sight and nothing else of the run', async () => {
    const { repo, attempt } = rivals();
    mkdirSync(join(repo.folder, 'bin'));
    const resolver = [
      'test -s "$RALPH_PROMPT_FILE" && test -s "$RALPH_HANDOFF" || exit 3',
      `test "$(find ${repo.root}/.ralph -type f | grep -vF "$RALPH_PROMPT_FILE")" = "" || exit 4`,
      '{ echo POISON >/proc/self/fd/0; } 2>/dev/null',
      'printf "theirs\\nmine\\n" >a.txt; git add a.txt; git -c core.editor=true rebase --continue',
    ].join('\n');
    const end = await landWith(repo, [attempt], resolver, ...SANDBOX, '--sandbox-read', join(repo.folder, 'bin'));
    expect(end.status).toBe(0);
    expect(eventsOf(end, 'remediation.finished')).toMatchObject([{ result: 'resolved' }]);
    expect(repo.gitOrigin('show', 'main:a.txt')).toBe('theirs\nmine');
    expect(repo.read('.ralph/logs/parallel/T-1.1.remedy-1.prompt.md')).not.toContain('POISON');
  });

  it('that cannot be made any more, no gate is called red, and nothing lands', async () => {
    const repo = temporaryRepository();
    const { line } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    const ran = join(repo.folder, 'out');
    mkdirSync(ran);
    const body = 'case "$*" in *gate-word*) echo "bwrap: no more" >&2; exit 1;; esac; exec /usr/bin/bwrap "$@"';
    const env = testEnvironment(join(scriptedCommand(repo.folder, 'bwrap', body), '..'));
    const args = ['run', ...SANDBOX, '--sandbox-write', ran, '--ci', `touch ${ran}/gate-word`];
    const end = await runProgram('ralph-integrate', args, { cwd: repo.root, env, stdin: `${line}\n` });
    expect(eventsOf(end, 'ci.failed')).toEqual([]);
    expect(existsSync(join(ran, 'gate-word'))).toBe(false);
    expect(repo.gitOrigin('log', '--format=%s', 'main')).toBe('start');
    const told = [...eventsOf(end, 'task.failed'), ...eventsOf(end, 'task.blocked')];
    expect(told).toMatchObject([{ code: 'sandbox_unavailable' }]);
    expect(readFileSync(join(repo.root, '.ralph/logs/parallel/T-1.1.ci.log'), 'utf8')).toBe('bwrap: no more\n');
  });

  it('is given no other workspace to write', async () => {
    const repo = temporaryRepository();
    const { line, workspace } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    const args = ['run', ...SANDBOX, '--sandbox-write', join(workspace, '..'), '--ci', 'true'];
    const end = await runProgram('ralph-integrate', args, { cwd: repo.root, stdin: `${line}\n` });
    expect(end).toMatchObject({ status: 64, stdout: '' });
    expect(end.stderr).toContain('is not for an agent to write');
  });

  it('a person is told to land again in the same one', async () => {
    const repo = temporaryRepository();
    const { line } = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    const out = join(repo.folder, 'out');
    mkdirSync(out);
    const args = ['run', ...SANDBOX, '--sandbox-write', '../out', '--sandbox-net', 'none', '--ci', 'exit 3'];
    const end = await runProgram('ralph-integrate', args, { cwd: repo.root, stdin: `${line}\n` });
    expect(eventOf(end, 'task.blocked')['land_command']).toContain(
      `--sandbox bwrap --sandbox-write ${out} --sandbox-net none`,
    );
  });
});
