import { existsSync, mkdirSync, renameSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { leftHalf } from '@ralph/protocol/testing/left-half';
import { errorRecord, records, runProgram, type Transcript } from '@ralph/protocol/testing/run-built-program';
import { scriptedCommand } from '@ralph/protocol/testing/scripted-agent';
import { queueTask, temporaryRepository, type TestRepository } from '@ralph/protocol/testing/temporary-repository';

/** What a run ends with that has found nothing wrong and has only a draft. */
const STARTED = 'blocked';

/** Its one task is a draft, so that a run which starts ends at once; the agent tells what was brought into its workspace. */
function repositoryWithTask(status = 'draft'): TestRepository & { readonly agent: string } {
  const repository = temporaryRepository();
  repository.queue([queueTask('RQ-0001', { status })]);
  return { ...repository, agent: scriptedCommand(repository.folder, 'agent', 'ls config > seen.txt 2>&1 || :') };
}

function start(
  repository: TestRepository & { readonly agent: string },
  ...args: readonly string[]
): Promise<Transcript> {
  const words = ['run', '--workers', '1', ...args, '--', repository.agent];
  return runProgram('ralph-orchestrate', words, { cwd: repository.root });
}

/** What a refusal looks like, and that it left nothing behind. */
function refusal(repository: TestRepository, { status, stdout, stderr }: Transcript) {
  const left = ['.ralph/loop.lock', '.ralph/cache', '.ralph/logs'].filter((path) =>
    existsSync(join(repository.root, path)),
  );
  const { code, message, hint } = errorRecord(stderr);
  return { status, stdout, code, message: String(message), hint: String(hint), left };
}

const outcomeOf = ({ stdout }: Transcript) => records(stdout).at(-1)?.['outcome'];

describe('the workspace root', () => {
  it('M04: one in the repository that is not ignored is refused, with the ways out', async () => {
    const repository = repositoryWithTask();
    const refused = refusal(repository, await start(repository, '--workspace-root', join(repository.root, '.ws')));
    expect(refused).toMatchObject({ status: 78, stdout: '', code: 'workspace_root', left: [] });
    for (const words of ['workspace_root:', 'repo_root:', '.ws/', '.gitignore', '.git/info/exclude'])
      expect(refused.message).toContain(words);
    expect(existsSync(join(repository.root, '.ws'))).toBe(false);
  });

  it.each([
    ['.git/info/exclude', '.ws/'],
    ['.gitignore', '.ws/*'],
  ])('M05: one that %s ignores by %s serves', async (file, rule) => {
    const repository = repositoryWithTask();
    repository.write(file, `${rule}\n`);
    repository.git('add', '-A', ':!.ralph');
    repository.git('commit', '-q', '--allow-empty', '-m', 'rules');
    repository.git('push', '-q');
    const run = await start(repository, '--workspace-root', join(repository.root, '.ws'));
    expect({ status: run.status, outcome: outcomeOf(run) }).toEqual({ status: 0, outcome: STARTED });
  });

  it('M06: the repository itself is refused', async () => {
    const repository = repositoryWithTask();
    const refused = refusal(repository, await start(repository, '--workspace-root', repository.root));
    expect(refused).toMatchObject({ status: 78, code: 'workspace_root', left: [] });
    expect(refused.message).toContain('Refusing to run');
  });

  it('M07: one outside needs no rule', async () => {
    const repository = repositoryWithTask();
    const run = await start(repository, '--workspace-root', join(repository.folder, 'elsewhere'));
    expect(outcomeOf(run)).toBe(STARTED);
  });
});

describe('a repository with changes', () => {
  it('M08: is refused with both kinds of files, and worked in with --force', async () => {
    const repository = repositoryWithTask();
    repository.write('a.txt', 'a');
    repository.git('add', 'a.txt');
    repository.git('commit', '-q', '-m', 'a');
    repository.git('push', '-q');
    repository.write('a.txt', 'edited');
    repository.write('b.txt', 'new');
    const refused = refusal(repository, await start(repository));
    expect(refused).toMatchObject({ status: 78, stdout: '', code: 'repository_dirty', left: [] });
    expect(refused.message).toMatch(/repo is dirty[^]*Tracked changes[^]*a\.txt[^]*Untracked files[^]*b\.txt/);
    expect(refused.hint).toContain('--force');
    expect(outcomeOf(await start(repository, '--force'))).toBe(STARTED);
    expect([repository.read('a.txt'), repository.read('b.txt')]).toEqual(['edited', 'new']);
  });

  it('M09: but for files of ours, is worked in', async () => {
    const repository = repositoryWithTask();
    repository.write('.ralph/config.jsonc', '{}');
    repository.write('.ralph/done.jsonc', '{"version":1,"tasks":[]}');
    repository.git('add', '-f', '.ralph');
    repository.git('commit', '-q', '-m', 'queue');
    repository.git('push', '-q');
    repository.write('.ralph/config.jsonc', '{"parallel":{}}');
    repository.write('.ralph/queue.jsonc', `${repository.read('.ralph/queue.jsonc')}\n`);
    repository.write('.ralph/cache/x', 'x');
    repository.write('.worktrees/second/x', 'x');
    expect(outcomeOf(await start(repository))).toBe(STARTED);
  });

  it('but for the half of a file of ours that a killed writer has left, is worked in; that of the lock goes', async () => {
    const repository = repositoryWithTask();
    repository.write('.gitignore', '.ralph/cache/\n.ralph/logs/\n.ralph/*.lock\n');
    repository.git('add', '-f', '.gitignore', '.ralph/queue.jsonc');
    repository.git('commit', '-q', '-m', 'queue');
    repository.git('push', '-q');
    const [ofLock, ofQueue] = [leftHalf('.ralph/loop.lock'), leftHalf('.ralph/queue.jsonc')];
    for (const path of [ofLock, ofQueue]) repository.write(path, '');
    expect(repository.git('status', '--porcelain')).toContain('loop.lock');
    const run = await start(repository);
    expect([run.stderr.includes('dirty'), outcomeOf(run)]).toEqual([false, STARTED]);
    expect(existsSync(join(repository.root, ofLock))).toBe(false);
  });
});

describe('where work comes from and goes to', () => {
  it('M11: an origin that has a push URL only serves', async () => {
    const repository = repositoryWithTask();
    repository.git('remote', 'remove', 'origin');
    repository.git('config', 'remote.origin.pushurl', repository.origin);
    expect(outcomeOf(await start(repository))).toBe(STARTED);
  });

  it('M12: a queue that leads out of the repository is refused, and the way back is told', async () => {
    const repository = repositoryWithTask();
    const elsewhere = join(repository.folder, 'q.jsonc');
    const queue = join(repository.root, '.ralph/queue.jsonc');
    renameSync(queue, elsewhere);
    symlinkSync(elsewhere, queue);
    const refused = refusal(repository, await start(repository));
    expect(refused).toMatchObject({ status: 78, code: 'config_invalid', left: [] });
    expect(refused.message).toContain('queue.file must be under repo root');
    expect(refused.hint).toBe(`cp ${elsewhere} ${queue}.copy && mv ${queue}.copy ${queue}`);
  });

  it('M13: a trailing comma in the queue stops nothing and stays; an id that is there twice is refused', async () => {
    const repository = repositoryWithTask();
    const text = `{"version":1,"tasks":[${JSON.stringify(queueTask('RQ-0001', { status: 'draft' }))},],}`;
    repository.write('.ralph/queue.jsonc', text);
    const run = await start(repository);
    expect({ status: run.status, outcome: outcomeOf(run) }).toEqual({ status: 0, outcome: STARTED });
    expect(repository.read('.ralph/queue.jsonc')).toBe(text);
    repository.queue([queueTask('RQ-0001'), queueTask('RQ-0001')]);
    const before = repository.read('.ralph/queue.jsonc');
    const { status, stderr } = await start(repository);
    expect({ status, code: errorRecord(stderr)['code'] }).toEqual({ status: 65, code: 'queue_invalid' });
    expect(errorRecord(stderr)['hint']).toContain('ralph-state repair');
    expect(repository.read('.ralph/queue.jsonc')).toBe(before);
  });

  it('M55, M56: ignored files of the allow-list go into a workspace; a link that leads out is refused', async () => {
    const repository = repositoryWithTask('todo');
    repository.write('.gitignore', 'config/\n');
    repository.git('add', '.gitignore');
    repository.git('commit', '-q', '-m', 'rules');
    repository.git('push', '-q');
    repository.write('.ralph/config.jsonc', '{"parallel":{"ignored_file_allowlist":["config/*.json","none/*"]}}');
    repository.write('.ralph/trust.jsonc', '{"allow_project_commands":true}');
    repository.write('config/a.json', '{}');
    repository.write('config/x/a.json', '{}');
    const run = await start(repository);
    expect(outcomeOf(run)).toBe('completed');
    expect(repository.gitOrigin('show', 'main:seen.txt')).toBe('a.json');
    expect(run.stderr).toMatch(/warning: .*none\/\*/);
    repository.queue([queueTask('RQ-0002')]);
    symlinkSync('/etc/hostname', join(repository.root, 'config/b.json'));
    const { status, stderr } = await start(repository);
    expect({ status, code: errorRecord(stderr)['code'] }).toEqual({ status: 78, code: 'travel_refused' });
  });

  it('a queue that git tracks while the done file is not tracked is refused', async () => {
    const repository = repositoryWithTask();
    repository.git('add', '-f', '.ralph/queue.jsonc');
    repository.git('commit', '-q', '-m', 'queue');
    repository.git('push', '-q');
    repository.write('.ralph/done.jsonc', '{"version":1,"tasks":[]}');
    const refused = refusal(repository, await start(repository));
    expect(refused).toMatchObject({ status: 78, code: 'config_invalid', left: [] });
    expect(refused.message).toContain('.ralph/queue.jsonc is tracked by git and .ralph/done.jsonc is not');
  });

  it('a branch that has diverged is told, and stops nothing', async () => {
    const repository = repositoryWithTask();
    repository.git('commit', '-q', '--allow-empty', '-m', 'theirs');
    repository.git('push', '-q');
    repository.git('reset', '-q', '--hard', 'HEAD~1');
    repository.git('commit', '-q', '--allow-empty', '-m', 'mine');
    const run = await start(repository);
    expect(outcomeOf(run)).toBe(STARTED);
    expect(run.stderr).toMatch(/have diverged \(1 ahead, 1 behind\)[^]*next: git -C .* pull --rebase origin main/);
  });
});

describe('several things that are wrong', () => {
  it('M10, M14: are told in the order of the reference, and nothing is left behind', async () => {
    const repository = repositoryWithTask();
    repository.write('b.txt', 'new');
    repository.queue([queueTask('RQ-0001'), queueTask('RQ-0001')]);
    repository.git('remote', 'rename', 'origin', 'other');
    repository.git('checkout', '-q', '--detach');
    const root = ['--workspace-root', join(repository.root, '.ws')];
    const told: unknown[] = [];
    const look = async (...args: readonly string[]) => {
      const { code, left } = refusal(repository, await start(repository, ...args));
      told.push(code, ...left);
    };
    await look(...root);
    await look('--force', ...root);
    repository.queue([queueTask('RQ-0001')]);
    await look('--force', ...root);
    await look('--force');
    repository.git('remote', 'rename', 'other', 'origin');
    await look('--force');
    expect(told).toEqual(['repository_dirty', 'queue_invalid', 'workspace_root', 'no_origin', 'detached_head']);
  });
});

describe('the lock of ralph-agent-loop', () => {
  const held = (pid: number) =>
    `pid: ${pid}\nstarted_at: 2026-01-01T00:00:00Z\ncommand: ralph run loop\nlabel: run loop\n`;

  it('keeps a run out while its holder lives, and shows him', async () => {
    const repository = repositoryWithTask();
    repository.write('.ralph/lock/owner', held(process.pid));
    const refused = refusal(repository, await start(repository));
    expect(refused).toMatchObject({ status: 75, stdout: '', code: 'lock_held', left: [] });
    expect(refused.message).toContain(`Queue lock already held at: ${join(repository.root, '.ralph/lock')}`);
    expect(refused.message).toContain(`pid ${process.pid} since 2026-01-01T00:00:00Z, run loop: ralph run loop`);
    expect(refused.hint).toContain(`ps -o pid,lstart,args -p ${process.pid}`);
  });

  it('does not when its holder is gone: how it is removed is told', async () => {
    const repository = repositoryWithTask();
    repository.write('.ralph/lock/owner', held(2 ** 22 + 1));
    const run = await start(repository);
    expect(outcomeOf(run)).toBe(STARTED);
    expect(run.stderr).toContain(`rm -r ${join(repository.root, '.ralph/lock')}`);
    expect(existsSync(join(repository.root, '.ralph/lock/owner'))).toBe(true);
  });

  it('keeps a run out while nobody can say who holds it', async () => {
    const repository = repositoryWithTask();
    mkdirSync(join(repository.root, '.ralph/lock'));
    const refused = refusal(repository, await start(repository));
    expect(refused).toMatchObject({ status: 75, code: 'lock_held', left: [] });
    expect(refused.hint).toContain(`rm -r ${join(repository.root, '.ralph/lock')}`);
  });
});
