import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { ATTEMPT, HOSTILE, honestWork, leftProcesses, runHostile, SALVAGE, UNDISTURBED } from './hostile-run.ts';

/** Each of them runs a program when git adds, commits, signs or compares; here one that goes on in a session of its own. */
const TRAPS = `printf '#!/bin/sh\\nsetsid sleep 7777 >/dev/null 2>&1 &\\n> "$OUT/trapped"\\nexec cat\\n' > "$OUT/trap"; chmod +x "$OUT/trap"
git config filter.trap.clean "$OUT/trap"; git config filter.trap.required true; git config gpg.program "$OUT/trap"
git config commit.gpgsign true; git config core.fsmonitor "$OUT/trap"; git config diff.external "$OUT/trap"
git config core.sshCommand "$OUT/trap"; git config core.hooksPath "$OUT"; git config include.path "$OUT/none"
git config extensions.worktreeConfig true; git config --worktree filter.trap.smudge "$OUT/trap"
echo '* filter=trap' > .git/info/attributes; echo work > work.txt; touch "$OUT/acted"`;

describe('a hostile agent that sets traps for our git in its settings', () => {
  it.each([
    ['ended well', 'exit 0'],
    ['failed', 'exit 1'],
  ])('and %s runs nothing by them, and its work is there', async (how, end) => {
    const repo = temporaryRepository();
    const run = await runHostile(repo, `${TRAPS}; ${end}`);
    expect(existsSync(join(repo.folder, 'trapped'))).toBe(false);
    await expect.poll(() => leftProcesses(repo)).toEqual([]);
    expect(repo.git('show', `${how === 'failed' ? SALVAGE : ATTEMPT}:work.txt`)).toBe('work');
    expect(honestWork(repo, run)).toEqual(UNDISTURBED);
  });

  it('or puts something else in their place is not followed', async () => {
    const repo = temporaryRepository();
    const before = repo.read('.git/config');
    const run = await runHostile(
      repo,
      `echo work > work.txt; rm .git/config; ln -s "$OUT/repo/.git/config" .git/config; touch "$OUT/acted"`,
    );
    expect(run.status).toBe(0);
    expect(repo.read('.git/config')).toBe(before);
    const config = readFileSync(join(repo.workspaces, HOSTILE, '.git/config'), 'utf8');
    expect(config).toContain('logallrefupdates');
    expect(readdirSync(join(repo.workspaces, HOSTILE))).toContain('work.txt');
  });

  it('also in a repository inside leaves nothing running', async () => {
    const repo = temporaryRepository();
    await runHostile(
      repo,
      `${TRAPS}; mkdir inside; cd inside; git init -q; git config filter.trap.clean "$OUT/trap"; echo '* filter=trap' > .gitattributes; echo x > x; exit 1`,
    );
    await expect.poll(() => leftProcesses(repo)).toEqual([]);
    expect(repo.git('show', `${SALVAGE}:inside/x`)).toBe('x');
  });
});
