import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { identityOf } from '@ralph/protocol/process/process-identity';
import { runProgram, startProgram, transcriptOf } from '@ralph/protocol/testing/run-built-program';
import { scriptedCommand } from '@ralph/protocol/testing/scripted-agent';
import { temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { waitUntil } from '@ralph/protocol/testing/wait-until';
import { eventOf, finishedAttempt, types } from './finished-attempt.ts';
import { eventsOf, landWith, linesIn, rivals, RUN } from './remedy-run.ts';

describe('the resolver', () => {
  it("is the task's own agent, where nobody says otherwise", async () => {
    const { repo, attempt } = rivals();
    const command = ['sh', '-c', 'printf "theirs\\n%s\\n" "$0" >a.txt', 'mine'];
    const line = JSON.stringify({ ...JSON.parse(attempt.line), command });
    const end = await runProgram('ralph-integrate', RUN, { cwd: repo.root, stdin: `${line}\n` });
    expect(end).toMatchObject({ status: 0 });
    expect(repo.gitOrigin('show', 'main:a.txt')).toBe('theirs\nmine');
  });

  it('serves for one workspace too, where it is named', async () => {
    const { repo } = rivals();
    const none = await runProgram('ralph-integrate', ['one', 'T-1'], { cwd: repo.root });
    expect(types(none)).not.toContain('remediation.started');
    const resolver = 'printf "theirs\\nmine\\n" >a.txt';
    const args = ['one', 'T-1', '--resolver', resolver, '--resolver-attempts', '1'];
    const end = await runProgram('ralph-integrate', args, { cwd: repo.root });
    expect(end.status).toBe(0);
    expect(repo.gitOrigin('show', 'main:a.txt')).toBe('theirs\nmine');
  });

  it('has mended nothing where it says that it came to an error, whatever its status is', async () => {
    const { repo, attempt } = rivals();
    const said = JSON.stringify({ type: 'result', is_error: true, session_id: 's', result: 'API Error: 500' });
    const half = `printf "theirs\\nhalf\\n" >a.txt; echo '${said}'`;
    const end = await landWith(repo, [attempt], half, '--resolver-attempts', '1');
    const reason = 'the resolver ended with status 0, on an error of its own: API Error: 500';
    expect(eventOf(end, 'remediation.finished')).toMatchObject({ result: 'failed', reason });
    expect(repo.gitOrigin('show', 'main:a.txt')).toBe('theirs');
  });

  it('lands a task whose title looks like an option', async () => {
    const { repo, attempt } = rivals();
    const line = JSON.stringify({ ...JSON.parse(attempt.line), title: '--upload-pack=touch pwned' });
    const end = await landWith(repo, [{ line }], 'printf "theirs\\nmine\\n" >a.txt; echo more >left.txt');
    expect(end).toMatchObject({ status: 0 });
    expect(repo.gitOrigin('log', '--format=%s', 'main')).toContain('T-1: --upload-pack=touch pwned');
  });

  it('is not woken for what no agent can mend', async () => {
    const repo = temporaryRepository();
    const attempt = finishedAttempt(repo, 'T-1', { files: { 'a.txt': 'a\n' } });
    repo.git('remote', 'set-url', 'origin', join(repo.folder, 'nowhere.git'));
    const end = await landWith(repo, [attempt], 'touch $OUT/woken', '--max-attempts', '1');
    expect(eventOf(end, 'task.blocked')).toMatchObject({ code: 'push_auth' });
    expect(existsSync(join(repo.folder, 'woken'))).toBe(false);
    expect(existsSync(join(attempt.workspace, '.ralph/cache/parallel/handoffs'))).toBe(false);
  });

  it('cannot have our git run what it has set in the workspace', async () => {
    const { repo, attempt } = rivals();
    attempt.git('config', 'core.quotePath', 'true');
    const kept = readFileSync(join(attempt.workspace, '.git/config'), 'utf8');
    writeFileSync(join(attempt.workspace, '.git/ralph/config'), kept);
    const trap = 'printf "#!/bin/sh\\ntouch $OUT/sprung\\ncat\\n" >$OUT/trap; chmod +x $OUT/trap';
    const set = [
      'cp $OUT/trap .git/hooks/pre-commit; cp $OUT/trap .git/hooks/post-rewrite',
      'git config filter.x.clean $OUT/trap; git config filter.x.smudge $OUT/trap; echo "* filter=x" >.git/info/attributes',
      'git config core.fsmonitor $OUT/trap; git config remote.origin.url /elsewhere; git config remote.origin.pushurl /elsewhere',
    ];
    const resolver = `${trap}; printf 'theirs\\nmine\\n' >a.txt; ${set.join('; ')}; rm -f $OUT/sprung`;
    const end = await landWith(repo, [attempt], resolver);
    expect(end).toMatchObject({ status: 0 });
    expect(existsSync(join(repo.folder, 'sprung'))).toBe(false);
    expect(repo.gitOrigin('show', 'main:a.txt')).toBe('theirs\nmine');
  });

  it('is ended with all that it has started at its time limit, and the next try begins as the first', async () => {
    const { repo, attempt } = rivals();
    const hang = "echo half >a.txt; echo x >left.txt; sh -c 'echo $$ >$OUT/pid; exec sleep 600' & wait";
    const resolver = `ls >>$OUT/seen; if test -e $OUT/pid; then printf "theirs\\nmine\\n" >a.txt; else ${hang}; fi`;
    const end = await landWith(repo, [attempt], resolver, '--resolver-timeout', '3');
    expect(end).toMatchObject({ status: 0 });
    expect(eventsOf(end, 'remediation.finished')).toMatchObject([
      { result: 'timeout', reason: 'the resolver was ended at its time limit of 3 s' },
      { result: 'resolved' },
    ]);
    expect(identityOf(Number(linesIn(repo, 'pid')[0]))).toBeUndefined();
    expect(linesIn(repo, 'seen')).not.toContain('left.txt');
    expect(repo.gitOrigin('show', 'main:a.txt')).toBe('theirs\nmine');
  });

  it.each(['SIGTERM', 'SIGKILL'] as const)('%s of us ends it, and a later run begins again', async (signal) => {
    const { repo, attempt } = rivals();
    const hang = 'echo half >a.txt; git add a.txt; echo $$ >$OUT/new && mv $OUT/new $OUT/pid; sleep 600';
    const script = scriptedCommand(repo.folder, 'resolver', hang);
    const child = startProgram('ralph-integrate', [...RUN, '--resolver', script], {
      cwd: repo.root,
      env: { OUT: repo.folder },
    });
    child.stdin.write(`${attempt.line}\n`);
    const said = transcriptOf(child);
    const pid = await waitUntil('the resolver works', () => {
      const path = join(repo.folder, 'pid');
      return existsSync(path) && Number(readFileSync(path, 'utf8'));
    });
    child.kill(signal);
    expect(types(await said).at(-1)).toBe('remediation.started');
    await waitUntil('the resolver is gone', () => identityOf(pid) === undefined);
    expect(repo.git('rev-parse', 'refs/ralph/attempts/T-1/1')).toBe(attempt.head);
    const again = await landWith(repo, [attempt], 'printf "theirs\\nmine\\n" >a.txt');
    expect(again).toMatchObject({ status: 0 });
    expect(repo.gitOrigin('log', '--format=%s', 'main').split('\n')).toEqual(['T-1: work', 'rival: a.txt', 'start']);
    expect(repo.gitOrigin('show', 'main:a.txt')).toBe('theirs\nmine');
  });

  it('left in the middle of a merge by a killed integration is begun again', async () => {
    const { repo, attempt } = rivals();
    attempt.git('checkout', '-q', '-b', 'side', 'HEAD~1');
    attempt.git('commit', '-q', '--allow-empty', '-m', 'side');
    attempt.git('checkout', '-q', 'main');
    attempt.git('merge', '-q', '--no-ff', '--no-edit', 'side');
    repo.git('fetch', '-q', attempt.workspace, '+HEAD:refs/ralph/attempts/T-1/1');
    const tip = attempt.git('rev-parse', 'HEAD');
    attempt.git('fetch', '-q', 'origin');
    expect(() => attempt.git('merge', 'origin/main')).toThrow('Command failed');
    const record = JSON.stringify({ tip, head: null, pushed: [] });
    writeFileSync(join(attempt.workspace, '.git/ralph/integration.json'), record);
    const again = await landWith(repo, [attempt], 'printf "theirs\\nmine\\n" >a.txt');
    expect(again).toMatchObject({ status: 0 });
    expect(repo.gitOrigin('show', 'main:a.txt')).toBe('theirs\nmine');
  });

  it('that takes the workspace away fails the attempt, whose work is parked', async () => {
    const { repo, attempt } = rivals();
    const end = await landWith(repo, [attempt], 'rm -rf .git; exit 0');
    expect(eventOf(end, 'task.failed')).toMatchObject({
      code: 'workspace_missing',
      salvage_ref: 'refs/ralph/attempts/T-1/1',
    });
    expect(repo.git('rev-parse', 'refs/ralph/attempts/T-1/1')).toBe(attempt.head);
  });

  it('is not run where a packet would be written through a link', async () => {
    const { repo, attempt } = rivals();
    mkdirSync(join(repo.folder, 'elsewhere/parallel/handoffs/T-1'), { recursive: true });
    writeFileSync(join(repo.folder, 'elsewhere/parallel/handoffs/T-1/precious'), '');
    mkdirSync(join(attempt.workspace, '.ralph'));
    symlinkSync(join(repo.folder, 'elsewhere'), join(attempt.workspace, '.ralph/cache'));
    const end = await landWith(repo, [attempt], 'touch $OUT/woken');
    expect(end.status).toBe(3);
    expect(existsSync(join(repo.folder, 'woken'))).toBe(false);
    expect(readdirSync(join(repo.folder, 'elsewhere'), { recursive: true }).length).toBe(4);
    expect(existsSync(attempt.git('rev-parse', '--git-path', 'rebase-merge'))).toBe(false);
  });
});
