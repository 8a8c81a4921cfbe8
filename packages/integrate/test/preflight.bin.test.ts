import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { foreignOwner } from '@ralph/protocol/testing/foreign-owner';
import { errorRecord, records, runProgram } from '@ralph/protocol/testing/run-built-program';
import { scriptedCommand } from '@ralph/protocol/testing/scripted-agent';
import { temporaryFolder } from '@ralph/protocol/testing/temporary-folder';
import { queueTask, temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { testEnvironment } from '@ralph/protocol/testing/test-environment';
import { foreignPush } from './finished-attempt.ts';

function preflight(cwd: string, ...args: readonly string[]) {
  return runProgram('ralph-integrate', ['preflight', ...args], { cwd });
}

describe('ralph-integrate preflight', () => {
  it('says where work would land and moves no ref', async () => {
    const repo = temporaryRepository();
    foreignPush(repo, 'b.txt', 'b\n');
    const refs = repo.git('for-each-ref');
    const { status, stdout } = await preflight(repo.root);
    expect(status).toBe(0);
    expect(records(stdout)).toEqual([
      {
        remote: 'origin',
        url: repo.origin,
        target_branch: 'main',
        commit: repo.gitOrigin('rev-parse', 'main'),
        queue_tracked: false,
        queue: 'absent',
        done: 'absent',
        ahead: 0,
        behind: 1,
        diverged: false,
        push: 'allowed',
      },
    ]);
    expect(repo.git('for-each-ref')).toBe(refs);
  });

  it.each([[[]], [['--report']]])(
    'takes no done file that another run brings at that moment for split books: %j',
    async (flags) => {
      const repo = temporaryRepository();
      repo.queue([queueTask('T-1')]);
      repo.git('add', '-f', '.ralph/queue.jsonc');
      repo.git('commit', '-q', '-m', 'queue');
      repo.git('push', '-q');
      const git = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();
      const brings = `echo '{"version":1,"tasks":[]}' >'${join(repo.root, '.ralph/done.jsonc')}'`;
      scriptedCommand(
        repo.folder,
        'git',
        `case " $* " in *' ls-remote '*) ${git} "$@"; ${brings};; *) exec ${git} "$@";; esac`,
      );
      const { status, stdout } = await runProgram('ralph-integrate', ['preflight', ...flags], {
        cwd: repo.root,
        env: testEnvironment(join(repo.folder, 'bin')),
      });
      expect(existsSync(join(repo.root, '.ralph/done.jsonc'))).toBe(true);
      expect({ status, told: stdout.includes('"queue_tracked":true') }).toEqual({ status: 0, told: true });
    },
  );

  it('knows a queue that is tracked, also before there is a done file', async () => {
    const repo = temporaryRepository({
      '.ralph/queue.jsonc': JSON.stringify({ version: 1, tasks: [queueTask('T-1')] }),
    });
    expect(records((await preflight(repo.root)).stdout)[0]).toMatchObject({
      queue_tracked: true,
      queue: 'tracked',
      done: 'absent',
    });
  });

  it('tells that both sides have commits, and what is done about it', async () => {
    const repo = temporaryRepository();
    foreignPush(repo, 'b.txt', 'b\n');
    repo.write('c.txt', 'c');
    repo.git('add', '-A');
    repo.git('commit', '-q', '-m', 'mine');
    const refs = repo.git('for-each-ref');
    const end = await preflight(repo.root);
    expect(records(end.stdout)[0]).toMatchObject({ ahead: 1, behind: 1, diverged: true });
    expect(end.stderr).toMatch(
      /main and origin\/main have diverged \(1 ahead, 1 behind\).*git -C \S+ pull --rebase origin main/,
    );
    expect(repo.git('for-each-ref')).toBe(refs);
  });

  it('asks for the right to push without a push: neither a ref nor a hook moves', async () => {
    const repo = temporaryRepository();
    const hook = scriptedCommand(repo.folder, 'pre-receive', `touch ${join(repo.folder, 'ran')}; exit 1`);
    for (const name of ['pre-push', 'update', 'post-receive']) {
      scriptedCommand(repo.folder, name, `touch ${join(repo.folder, 'ran')}; exit 1`);
    }
    repo.gitOrigin('config', 'core.hooksPath', dirname(hook));
    repo.git('config', 'core.hooksPath', dirname(hook));
    const refs = [repo.git('for-each-ref'), repo.gitOrigin('for-each-ref')];
    expect(records((await preflight(repo.root)).stdout)[0]).toMatchObject({ push: 'allowed' });
    expect([repo.git('for-each-ref'), repo.gitOrigin('for-each-ref')]).toEqual(refs);
    expect(existsSync(join(repo.folder, 'ran'))).toBe(false);
  });

  it('refuses a remote that would refuse a push: read here, written elsewhere', async () => {
    const repo = temporaryRepository();
    repo.git('config', 'remote.origin.pushurl', join(repo.folder, 'not-there.git'));
    const end = await preflight(repo.root);
    expect(end.status).toBe(77);
    expect(errorRecord(end.stderr)).toMatchObject({
      code: 'push_auth',
      message: expect.stringContaining('would refuse a push to main'),
      details: { push: 'refused' },
    });
  });

  it('says that it does not know when the remote does not answer a push', async () => {
    const repo = temporaryRepository();
    repo.git('config', 'remote.origin.pushurl', 'http://127.0.0.1:1/gone.git');
    const end = await preflight(repo.root);
    expect(end.status).toBe(0);
    expect(records(end.stdout)[0]).toMatchObject({ push: 'unknown' });
  });

  it('takes a remote that has only a push address', async () => {
    const repo = temporaryRepository();
    repo.git('config', 'remote.origin.pushurl', '../origin.git');
    repo.git('config', '--unset', 'remote.origin.url');
    expect(records((await preflight(repo.root)).stdout)[0]).toMatchObject({ url: repo.origin });
  });

  it('refuses a folder that is no repository', async () => {
    const end = await preflight(temporaryFolder());
    expect(end.status).toBe(78);
    expect(errorRecord(end.stderr)).toMatchObject({ code: 'not_a_repository' });
  });

  it('refuses a repository of another user, with what lets git use it', async () => {
    const repo = temporaryRepository();
    const env = foreignOwner(repo.folder);
    const end = await runProgram('ralph-integrate', ['preflight'], { cwd: repo.root, env });
    expect(end.status).toBe(78);
    expect(errorRecord(end.stderr)).toMatchObject({
      code: 'dubious_ownership',
      hint: `git config --global --add safe.directory ${repo.root}`,
    });
  });

  it('refuses a repository without the remote', async () => {
    const repo = temporaryRepository();
    repo.git('remote', 'remove', 'origin');
    const end = await preflight(repo.root);
    expect(end.status).toBe(78);
    expect(errorRecord(end.stderr)).toMatchObject({
      code: 'no_origin',
      message: expect.stringContaining("No 'origin' git remote configured"),
      hint: expect.stringMatching(/^git -C \S+ remote add origin URL$/),
    });
  });

  it('refuses a detached HEAD, unless the branch is named', async () => {
    const repo = temporaryRepository();
    repo.git('checkout', '-q', '--detach');
    const end = await preflight(repo.root);
    expect(end.status).toBe(78);
    expect(errorRecord(end.stderr)).toMatchObject({
      code: 'detached_head',
      message: expect.stringContaining('detached HEAD detected'),
    });
    expect((await preflight(repo.root, '--target-branch', 'main')).status).toBe(0);
  });

  it('reports a remote that cannot be reached in the words of git, without its password', async () => {
    const repo = temporaryRepository();
    repo.git('remote', 'set-url', 'origin', 'http://user:secret@127.0.0.1:1/gone.git');
    const end = await preflight(repo.root);
    expect(end.status).toBe(69);
    expect(errorRecord(end.stderr)).toMatchObject({ code: 'origin_unreachable', retryable: true });
    expect(end.stderr).toMatch(/connect/i);
    expect(end.stderr).not.toContain('secret');
  });

  it('refuses a target branch that the remote has not', async () => {
    const repo = temporaryRepository();
    repo.git('checkout', '-q', '-b', 'fresh');
    const end = await preflight(repo.root);
    expect(end.status).toBe(78);
    expect(errorRecord(end.stderr)).toMatchObject({ code: 'target_branch_missing', hint: 'git push -u origin fresh' });
  });

  it('names the push that works when there is no such branch here either', async () => {
    const repo = temporaryRepository();
    const { hint } = errorRecord((await preflight(repo.root, '--target-branch', 'nope')).stderr);
    expect(hint).toBe('git push origin HEAD:refs/heads/nope');
    repo.git(...String(hint).split(' ').slice(1));
    expect((await preflight(repo.root, '--target-branch', 'nope')).status).toBe(0);
  });

  it('refuses a tracked queue with tasks that the target branch does not know, until they are pushed', async () => {
    const known = { version: 1, tasks: [queueTask('T-1')] };
    const repo = temporaryRepository({
      '.ralph/queue.jsonc': `// ours\n${JSON.stringify(known)}`,
      '.ralph/done.jsonc': JSON.stringify({
        version: 1,
        tasks: [queueTask('T-0', { status: 'done', completed_at: '2026-01-01T00:00:00Z' })],
      }),
    });
    repo.queue([queueTask('T-0'), queueTask('T-1'), queueTask('T-2', { status: 'draft' })]);
    expect((await preflight(repo.root)).status).toBe(0);
    const fresh = [3, 4, 5, 6, 7, 8].map((number) => queueTask(`T-${number}`));
    repo.queue([queueTask('T-1'), ...fresh]);
    const end = await preflight(repo.root);
    expect(end.status).toBe(65);
    const { code, message, hint } = errorRecord(end.stderr);
    expect(code).toBe('queue_invalid');
    expect(message).toBe("T-3, T-4, T-5, T-6, T-7 and 1 more stand in your queue, but not in origin/main's");
    expect(hint).toBe('git add .ralph/queue.jsonc && git commit -m "queue" && git push');
    repo.git('add', '.ralph/queue.jsonc');
    repo.git('commit', '-q', '-m', 'queue');
    expect(errorRecord((await preflight(repo.root)).stderr)['hint']).toBe('git push');
    repo.git('push', '-q');
    expect((await preflight(repo.root)).status).toBe(0);
  });

  it('leaves a queue that git does not track to itself', async () => {
    const repo = temporaryRepository();
    repo.queue([queueTask('T-1')]);
    expect((await preflight(repo.root)).status).toBe(0);
  });

  it('refuses a queue that is tracked beside a done file that is not', async () => {
    const repo = temporaryRepository({ '.ralph/queue.jsonc': JSON.stringify({ version: 1, tasks: [] }) });
    repo.write('.ralph/done.jsonc', '{"version":1,"tasks":[]}');
    const end = await preflight(repo.root);
    expect(end.status).toBe(78);
    expect(errorRecord(end.stderr)).toMatchObject({ code: 'config_invalid' });
    expect(end.stderr).toMatch(/queue\.jsonc[\s\S]*done\.jsonc/);
  });
});
