import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { runNamed, spied } from './named-agents.ts';

/** The agent that plans sets a trap for the worker, which writes the prompt of the next one. */
function trapping(trap: string): string {
  return `
cat > "$OUT/$RALPH_PHASE.prompt"
cat "$RALPH_PROMPT_FILE" > "$OUT/$RALPH_PHASE.file"
if [ "$RALPH_PHASE" = plan ]; then echo 'the plan'; ${trap}; else echo work > work.txt; fi`;
}

describe('an agent that plans, and puts before the next one', () => {
  it.each([
    ['a link', 'ln -sf "$OUT/victim" .git/ralph/prompt.md'],
    ['a link to nowhere', 'ln -sf "$OUT/made" .git/ralph/prompt.md'],
    ['a pipe', 'rm .git/ralph/prompt.md; mkfifo .git/ralph/prompt.md'],
    ['a folder', 'rm .git/ralph/prompt.md; mkdir -p .git/ralph/prompt.md/below'],
  ])('%s in the place of its prompt, has it written anew and nothing else', async (_, trap) => {
    const repo = temporaryRepository();
    writeFileSync(join(repo.folder, 'victim'), 'precious\n');
    const run = await runNamed(repo, { claude: trapping(trap) }, { args: ['--agent', 'claude', '--phases', '2'] });
    expect({ status: run.status, stderr: run.stderr }).toMatchObject({ status: 0 });
    expect(spied(repo, 'victim')).toBe('precious\n');
    expect(() => spied(repo, 'made')).toThrow('ENOENT');
    expect(spied(repo, 'implement.prompt')).toContain('read .ralph/cache/plans/RQ-0001.md first');
    expect(spied(repo, 'implement.file')).toBe(spied(repo, 'implement.prompt'));
    expect(run.events('agent.finished')).toMatchObject([{ exit_code: 0, changed_files: 1 }]);
  });

  it.each([
    ['.git/ralph', 'mv .git/ralph "$OUT/taken"; ln -s "$OUT/taken" .git/ralph'],
    ['.git', 'mkdir -p "$OUT/taken/ralph"; mv .git "$OUT/old"; ln -s "$OUT/taken" .git'],
  ])('a link in the place of %s, ends the attempt, and nothing is written through it', async (name, trap) => {
    const repo = temporaryRepository();
    const into = name === '.git' ? 'taken/ralph/prompt.md' : 'taken/prompt.md';
    const body = trapping(`${trap}; echo precious > "$OUT/${into}"`);
    const run = await runNamed(repo, { claude: body }, { args: ['--agent', 'claude', '--phases', '2'] });
    expect(run.events('agent.started')).toHaveLength(1);
    const [failed] = run.events('task.failed');
    expect(failed).toMatchObject({ code: 'agent_spawn_failed' });
    expect(failed?.['reason']).toContain('the prompt cannot be written');
    expect(failed?.['reason']).toContain(`/${name} is a symlink`);
    expect(readFileSync(join(repo.folder, into), 'utf8')).toBe('precious\n');
  });

  it('a file in the place of .git/ralph, ends the attempt in plain words', async () => {
    const repo = temporaryRepository();
    const body = trapping('rm -r .git/ralph; echo file > .git/ralph');
    const run = await runNamed(repo, { claude: body }, { args: ['--agent', 'claude', '--phases', '2'] });
    expect(run.events('task.failed')).toMatchObject([
      { code: 'agent_spawn_failed', reason: expect.stringMatching(/^cannot write .*prompt\.md: ENOTDIR/) },
    ]);
  });
});
