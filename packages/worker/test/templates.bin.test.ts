import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runProgram } from '@ralph/protocol/testing/run-built-program';
import { temporaryRepository, type TestRepository } from '@ralph/protocol/testing/temporary-repository';
import { runNamed, spied, SPY } from './named-agents.ts';
import { taskLines } from './worker-run.ts';

describe('templates of prompts', () => {
  function withTemplate(name: string, text: string): TestRepository {
    const repo = temporaryRepository();
    mkdirSync(join(repo.root, '.ralph/prompts'), { recursive: true });
    writeFileSync(join(repo.root, '.ralph/prompts', name), text);
    return repo;
  }

  it('of the repository replace the built-in ones, and ralph-worker prompt prints exactly what an agent gets', async () => {
    const repo = withTemplate('task.md', 'Do {{title}} ({{task_id}}) on {{target_branch}}.\n\n{{rules}}\n');
    await runNamed(repo, { claude: SPY }, { args: ['--agent', 'claude'] });
    const options = { cwd: repo.root, stdin: taskLines('RQ-0001') };
    const { stdout } = await runProgram('ralph-worker', ['prompt'], options);
    expect(stdout).toMatch(/^Do Task RQ-0001 \(RQ-0001\) on main\.\n\nYou are alone/);
    expect(spied(repo, 'claude.RQ-0001.stdin')).toBe(stdout);
  });

  it('are refused by file and line where they name what there is not', async () => {
    const repo = withTemplate('review.md', 'Look.\n{{pan_file}}\n');
    const { status, stderr } = await runProgram('ralph-worker', ['run', '--', 'true'], { cwd: repo.root });
    expect(status).toBe(78);
    expect(stderr).toContain(
      '.ralph/prompts/review.md:2: {{pan_file}} stands for nothing: did you mean {{plan_file}}?',
    );
  });

  it('are not read through a symlink, which would hand on a file of the user', async () => {
    const repo = withTemplate('unused', '');
    writeFileSync(join(repo.folder, 'secret'), 'hush');
    symlinkSync(join(repo.folder, 'secret'), join(repo.root, '.ralph/prompts/task.md'));
    const { status, stdout, stderr } = await runProgram('ralph-worker', ['prompt'], {
      cwd: repo.root,
      stdin: taskLines('A-1'),
    });
    expect({ status, stdout }).toEqual({ status: 78, stdout: '' });
    expect(stderr).toContain('is a symlink');
  });

  it.each(['.ralph', '.ralph/prompts', '.ralph/prompts/task.md'])('nor where %s leads elsewhere', async (step) => {
    const repo = temporaryRepository();
    const elsewhere = join(repo.folder, 'elsewhere');
    mkdirSync(join(elsewhere, '.ralph/prompts'), { recursive: true });
    writeFileSync(join(elsewhere, '.ralph/prompts/task.md'), 'hush');
    const link = join(repo.root, step);
    rmSync(link, { recursive: true, force: true });
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(elsewhere, step), link);
    const options = { cwd: repo.root, stdin: taskLines('A-1') };
    const { status, stdout, stderr } = await runProgram('ralph-worker', ['prompt'], options);
    expect({ status, stdout }).toEqual({ status: 78, stdout: '' });
    expect(stderr).toContain(`${link} is a symlink`);
  });

  it('are the built-in ones where a user has linked a .ralph that has none', async () => {
    const repo = temporaryRepository();
    mkdirSync(join(repo.folder, 'shared'));
    rmSync(join(repo.root, '.ralph'), { recursive: true, force: true });
    symlinkSync(join(repo.folder, 'shared'), join(repo.root, '.ralph'));
    const options = { cwd: repo.root, stdin: taskLines('RQ-0001') };
    const { status, stdout } = await runProgram('ralph-worker', ['prompt'], options);
    expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringMatching(/^Task RQ-0001\n/) });
  });

  it('are printed for one phase, or for all with headings, or as records', async () => {
    const repo = temporaryRepository();
    const options = { cwd: repo.root, stdin: taskLines('RQ-0001') };
    const all = await runProgram('ralph-worker', ['prompt', '--phases', '2'], options);
    expect(all.stdout).toMatch(/^== plan\nPlan the task[^]*\n== implement\nTask RQ-0001/);
    const args = ['prompt', '--phases', '2', '--phase', 'plan', '--agent', 'codex', '--format', 'ndjson'];
    const one = await runProgram('ralph-worker', args, options);
    expect(JSON.parse(one.stdout)).toMatchObject({ task_id: 'RQ-0001', phase: 'plan', agent: 'codex' });
    const none = await runProgram('ralph-worker', ['prompt', '--phase', 'plan'], options);
    expect(none.status).toBe(64);
    expect(none.stderr).toContain('RQ-0001 has no phase plan: its phases are task');
  });

  it('are printed for the other tasks where one asks for an agent that cannot be', async () => {
    const repo = temporaryRepository();
    const bad = (id: string) => `${JSON.stringify({ id, title: 'A', agent: 'codex' })}\n`;
    const options = { cwd: repo.root, stdin: `${bad('RQ-0001')}${bad('RQ-0002')}${taskLines('RQ-0003')}` };
    const { status, stdout, stderr } = await runProgram('ralph-worker', ['prompt', '--format', 'ndjson'], options);
    expect(JSON.parse(stdout)).toMatchObject({ task_id: 'RQ-0003', phase: 'task' });
    expect(status).toBe(2);
    expect(stderr).toContain('the agent that RQ-0001 asks for: ');
    expect(stderr).toContain('"code":"agent_spawn_failed","message":"the agent that RQ-0002 asks for: ');
    const command = await runProgram('ralph-worker', ['prompt', '--', 'true'], options);
    expect({ status: command.status, stderr: command.stderr }).toEqual({ status: 0, stderr: '' });
    const alone = await runProgram('ralph-worker', ['prompt'], { ...options, stdin: bad('RQ-0001') });
    expect({ status: alone.status, stdout: alone.stdout }).toEqual({ status: 1, stdout: '' });
  });
});
