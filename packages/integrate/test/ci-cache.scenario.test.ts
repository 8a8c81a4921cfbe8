import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { scriptedCommand } from '@ralph/protocol/testing/scripted-agent';
import { runGit, temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { eventOf } from './finished-attempt.ts';
import { counter, gateEvents, gateWords, judged, refusingRepository, workOf } from './gate-run.ts';

const PASSES = '.ralph/cache/parallel/ci-passes';

describe('a pass of a gate', () => {
  it('counts for the same tree in a later process and in another workspace', async () => {
    const repo = refusingRepository();
    const { command, count } = counter(repo);
    const first = await judged(repo, workOf(repo), ['--ci', command]);
    expect(gateWords(first)).toEqual(['started', 'passed']);
    const second = await judged(repo, workOf(repo, 'T-2'), ['--ci', command]);
    expect(gateWords(second)).toEqual(['passed cached']);
    expect(gateEvents(second)[0]).toMatchObject({ tree: gateEvents(first)[0]?.['tree'], duration_ms: 0 });
    expect(count()).toBe(1);
    const ways = ['--ci', command, '--no-ci-cache'];
    expect(gateWords(await judged(repo, workOf(repo, 'T-3'), ways))).toEqual(['started', 'passed']);
    expect(count()).toBe(2);
  });

  it('without the cache is asked once for what is pushed again all the same, and not kept', async () => {
    const repo = temporaryRepository();
    const { command, count } = counter(repo);
    // The first push is cut off before the server has taken anything.
    const cut = `test -e ${repo.folder}/cut || { >${repo.folder}/cut; kill -9 $PPID; }`;
    runGit(repo.origin, ['config', 'core.hooksPath', dirname(scriptedCommand(repo.folder, 'pre-receive', cut))]);
    const end = await judged(repo, workOf(repo), ['--ci', command, '--no-ci-cache']);
    expect(eventOf(end, 'task.completed')).toMatchObject({ push_attempts: 2, ci_runs: 1 });
    expect(count()).toBe(1);
    expect(existsSync(join(repo.root, PASSES))).toBe(false);
  });

  it('holds for the chosen environment, of which no value is written down', async () => {
    const repo = refusingRepository();
    const { command, count } = counter(repo);
    const args = ['--ci', command, '--ci-env', 'COLOUR'];
    const words: string[][] = [];
    for (const [index, COLOUR] of ['bright-green', 'bright-red', 'bright-green'].entries()) {
      words.push(gateWords(await judged(repo, workOf(repo, `T-${index}`), args, { COLOUR })));
    }
    expect(words).toEqual([['started', 'passed'], ['started', 'passed'], ['passed cached']]);
    expect(count()).toBe(2);
    const folder = join(repo.root, PASSES);
    const files = readdirSync(folder).map((name) => name + readFileSync(join(folder, name), 'utf8'));
    expect(files).toHaveLength(2);
    expect(files.join('')).not.toMatch(/bright|COLOUR|echo/);
  });

  it('is none when the gate was red, or its file is damaged', async () => {
    const repo = refusingRepository();
    const green = join(repo.folder, 'green');
    const gate = ['--ci', `test -e ${green}`];
    expect(gateWords(await judged(repo, workOf(repo), gate))).toEqual(['started', 'failed red']);
    writeFileSync(green, '');
    expect(gateWords(await judged(repo, workOf(repo, 'T-2'), gate))).toEqual(['started', 'passed']);
    const folder = join(repo.root, PASSES);
    for (const name of readdirSync(folder)) writeFileSync(join(folder, name), '{"v":1');
    expect(gateWords(await judged(repo, workOf(repo, 'T-3'), gate))).toEqual(['started', 'passed']);
    expect(gateWords(await judged(repo, workOf(repo, 'T-4'), gate))).toEqual(['passed cached']);
  });

  it('of one gate says nothing of another, nor of one beside which others changed the files', async () => {
    const repo = refusingRepository();
    const args = ['--gate', 'a=true', '--gate', 'b=echo changed >README.md'];
    await judged(repo, workOf(repo), [...args, '--gates-at-once']);
    const inOrder = await judged(repo, workOf(repo, 'T-2'), args);
    expect(gateWords(inOrder)).toEqual(['started a', 'passed a', 'started b', 'passed b']);
    const more = await judged(repo, workOf(repo, 'T-3'), [...args, '--gate', 'c=true ']);
    expect(gateWords(more)).toEqual(['passed a cached', 'passed b cached', 'started c', 'passed c']);
    expect(eventOf(more, 'task.blocked')).toMatchObject({ code: 'push_denied' });
  });
});
