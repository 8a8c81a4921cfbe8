import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { errorRecord, records, runProgram } from '@ralph/protocol/testing/run-built-program';
import { scriptedCommand } from '@ralph/protocol/testing/scripted-agent';
import { temporaryFolder } from '@ralph/protocol/testing/temporary-folder';
import { queueTask, temporaryRepository, type TestRepository } from '@ralph/protocol/testing/temporary-repository';

/** Everything that a refused run must leave as it was: files with their content, and the refs of both repositories. */
function snapshot({ folder, root, origin }: TestRepository): string {
  const files = execFileSync(
    'sh',
    ['-c', 'find . -path "*/.git" -prune -o -type f -print | sort | xargs -d "\\n" sha256sum'],
    {
      cwd: folder,
      encoding: 'utf8',
    },
  );
  const refs = [root, origin].map((cwd) => execFileSync('git', ['for-each-ref'], { cwd, encoding: 'utf8' }));
  return [files, ...refs].join('\n');
}

interface Refusal {
  readonly title: string;
  readonly prepare?: (repository: TestRepository) => void;
  readonly args?: (repository: TestRepository) => string[];
  readonly stdin?: string;
  readonly status: number;
  readonly code: string;
  readonly says: RegExp;
}

const REFUSALS: readonly Refusal[] = [
  {
    title: 'a malformed line of tasks, named by its number',
    args: (repository) => ['run', '--tasks', '-', '--', agentOf(repository)],
    stdin: '{"id":"A","title":"a"}\n{"id":"B","title":\n',
    status: 65,
    code: 'bad_line',
    says: /line 2 of stdin/,
  },
  {
    title: 'a task without a title, named by its line',
    args: (repository) => ['run', '--tasks', '-', '--', agentOf(repository)],
    stdin: '{"id":"A"}\n',
    status: 65,
    code: 'bad_line',
    says: /line 1 of stdin/,
  },
  {
    title: 'an unknown command',
    args: () => ['rnu', '--', 'true'],
    status: 64,
    code: 'unknown_command',
    says: /did you mean run\?/,
  },
  {
    title: 'a target branch that looks like an option of a sibling',
    args: (repository) => ['run', '--target-branch=--copy=x', '--', agentOf(repository)],
    status: 64,
    code: 'usage',
    says: /--target-branch "--copy=x": not a branch name/,
  },
  {
    title: 'no origin',
    prepare: (repository) => void repository.git('remote', 'remove', 'origin'),
    status: 78,
    code: 'no_origin',
    says: /No 'origin' git remote configured/,
  },
  {
    title: 'a detached HEAD',
    prepare: (repository) => void repository.git('checkout', '-q', '--detach'),
    status: 78,
    code: 'detached_head',
    says: /named branch \(detached HEAD detected\)/,
  },
  {
    title: 'an agent command that is not there',
    args: () => ['run', '--', 'no-such-agent'],
    status: 127,
    code: 'command_not_found',
    says: /no-such-agent/,
  },
  {
    title: 'a corrupt queue',
    prepare: (repository) => repository.write('.ralph/queue.jsonc', '{"version":1,"tasks":[{]}'),
    status: 65,
    code: 'queue_corrupt',
    says: /queue\.jsonc/,
  },
  {
    title: 'a misspelt setting',
    prepare: (repository) => repository.write('.ralph/config.jsonc', '{"parallel":{"wokers":2}}'),
    status: 78,
    code: 'config_invalid',
    says: /wokers/,
  },
  {
    title: 'M03: a number of workers that is none',
    args: () => ['run', '--workers', '1.5', '--', 'true'],
    status: 64,
    code: 'usage',
    says: /"1\.5"/,
  },
];

function agentOf(repository: TestRepository): string {
  return join(repository.folder, 'bin', 'agent');
}

describe('ralph-orchestrate run refuses, with a status of the table, and changes nothing:', () => {
  it.each(REFUSALS)('$title', async ({ prepare, args, stdin, status, code, says }) => {
    const repository = temporaryRepository();
    repository.queue([queueTask('RQ-0001')]);
    scriptedCommand(repository.folder, 'agent', 'echo x > x.txt');
    prepare?.(repository);
    const before = snapshot(repository);
    const result = await runProgram('ralph-orchestrate', args?.(repository) ?? ['run', '--', agentOf(repository)], {
      cwd: repository.root,
      ...(stdin === undefined ? {} : { stdin }),
    });
    expect({ status: result.status, stdout: result.stdout }).toEqual({ status, stdout: '' });
    expect(errorRecord(result.stderr)).toMatchObject({ code, exit: status, message: expect.stringMatching(says) });
    expect(String(errorRecord(result.stderr)['hint'])).not.toBe('');
    const told = result.stderr.split('\n').filter((line) => !line.startsWith('{') && says.test(line));
    expect(told).toHaveLength(1);
    expect(result.stderr).not.toMatch(/^ {4}at /m);
    expect(snapshot(repository)).toBe(before);
  });

  it('a missing repository', async () => {
    const folder = temporaryFolder();
    const { status, stderr } = await runProgram('ralph-orchestrate', ['run', '--', 'true'], { cwd: folder });
    expect({ status, code: errorRecord(stderr)['code'] }).toEqual({ status: 78, code: 'not_a_repository' });
    expect(execFileSync('ls', ['-A', folder], { encoding: 'utf8' })).toBe('');
  });

  it('a corrupt state file, which stays byte for byte as it is', async () => {
    const repository = temporaryRepository();
    repository.queue([queueTask('RQ-0001')]);
    mkdirSync(join(repository.root, '.ralph/cache/parallel'), { recursive: true });
    repository.write('.ralph/cache/parallel/state.json', '{"schema_version": 3,\n "workers": [');
    const agent = scriptedCommand(repository.folder, 'agent', 'echo x > x.txt');
    const { status, stderr } = await runProgram('ralph-orchestrate', ['run', '--', agent], { cwd: repository.root });
    expect({ status, code: errorRecord(stderr)['code'] }).toEqual({ status: 65, code: 'state_corrupt' });
    expect(String(errorRecord(stderr)['message'])).toMatch(/state\.json:2:/);
    expect(repository.read('.ralph/cache/parallel/state.json')).toBe('{"schema_version": 3,\n "workers": [');
    expect(repository.gitOrigin('rev-list', '--count', 'main')).toBe('1');
  });
});

describe('ralph-orchestrate run takes as no failure', () => {
  it.each([
    ['an empty queue', (repository: TestRepository) => repository.queue([])],
    ['no queue at all', () => {}],
  ])('M61: %s: no_candidates, status 0', async (_, prepare) => {
    const repository = temporaryRepository();
    prepare(repository);
    const { status, stdout, stderr } = await runProgram('ralph-orchestrate', ['run', '--', 'true'], {
      cwd: repository.root,
    });
    expect(status).toBe(0);
    expect(records(stdout).at(-1)).toMatchObject({ type: 'run.finished', outcome: 'no_candidates' });
    expect(stderr).toContain('ralph-state task add');
  });
});
