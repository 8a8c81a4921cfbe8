import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { records, runProgram } from '@ralph/protocol/testing/run-built-program';
import { scriptedCommand } from '@ralph/protocol/testing/scripted-agent';
import { testEnvironment } from '@ralph/protocol/testing/test-environment';
import { temporaryRepository, type TestRepository } from '@ralph/protocol/testing/temporary-repository';
import { ATTEMPT, HOSTILE, SALVAGE } from './hostile-run.ts';
import { runWorker, taskLines } from './worker-run.ts';

/** A program of the agent's that says who has run it, and the settings by which git would. */
const TRAPS = `printf '#!/bin/sh\\ntr "\\\\0" " " < /proc/$PPID/cmdline >> "%s/trapped"\\nexec cat\\n' "$OUT" > "$OUT/trap"; chmod +x "$OUT/trap"
trap_git() { for key in filter.trap.clean filter.trap.smudge core.fsmonitor diff.external gpg.program core.alternateRefsCommand \\
core.sshCommand core.pager core.editor merge.trap.driver diff.trap.textconv credential.helper uploadpack.packObjectsHook core.gitProxy; do
git config $key "$OUT/trap"; done; git config commit.gpgsign true; git config core.hooksPath "$OUT"; git config alias.status '!"$OUT/trap"'
git config extensions.partialClone evil; git config remote.evil.url "ext::$OUT/trap"; git config protocol.ext.allow always
printf '* filter=trap merge=trap diff=trap\\n' > .git/info/attributes; mkdir -p .git/hooks; cp "$OUT/trap" .git/hooks/post-index-change; }`;

const NESTED = `nest() { mkdir $1; cd $1; git init -q; echo x > x; git add x; git -c user.name=a -c user.email=a@a commit -q -m x
trap_git; echo y > x; cd ..; }; exec 2>"$OUT/said"; nest added; git add added; nest left; nest home; git -C home worktree add -q ../tree; git add tree
mkdir -p .git/modules; nest moved; mv moved/.git .git/modules/moved; echo "gitdir: ../.git/modules/moved" > moved/.git; git add moved
nest away; mv away/.git "$OUT/away.git"; echo "gitdir: $OUT/away.git" > away/.git`;

function trapped({ folder }: TestRepository): string {
  const path = join(folder, 'trapped');
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

describe('an agent that wants its programs to be run by our git', () => {
  it.each([
    ['puts its own in their place', 'mkdir -p .git/ralph; cp .git/config .git/ralph/config', 'exit 0'],
    ['takes them away and fails', 'rm -rf .git/ralph', 'exit 1'],
  ])('and %s: none is run', async (_, act, end) => {
    const repo = temporaryRepository();
    const run = await runWorker(
      repo,
      taskLines(HOSTILE),
      `${TRAPS}; trap_git; ${act}; rm -f "$OUT/trapped"; echo work > work.txt; ${end}`,
    );
    expect(trapped(repo)).toBe('');
    expect(repo.git('show', `${end === 'exit 0' ? ATTEMPT : SALVAGE}:work.txt`)).toBe('work');
    expect(run.events('agent.finished')).toMatchObject([{ reason: 'exited' }]);
    // What is kept of a workspace outside of it goes with it.
    await runProgram('ralph-worker', ['remove', HOSTILE], { cwd: repo.root });
    expect(readdirSync(join(repo.root, '.ralph/cache/parallel/workspaces'))).toEqual([]);
  });

  it('by the settings of repositories inside: none is run', async () => {
    const repo = temporaryRepository();
    await runWorker(
      repo,
      taskLines(HOSTILE),
      `${TRAPS}; ${NESTED}; rm -f "$OUT/trapped"; echo work > work.txt; exit 1`,
    );
    await runProgram('ralph-worker', ['remove', HOSTILE], { cwd: repo.root });
    expect(trapped(repo)).toBe('');
  });

  it('while it is at work: a look at its workspace runs none, and tells what is there', async () => {
    const repo = temporaryRepository();
    const { stdout } = await runProgram('ralph-worker', ['prepare', HOSTILE], { cwd: repo.root });
    const path = String(records(stdout)[0]?.['workspace_path']);
    const list = async () => {
      const looked = await runProgram('ralph-worker', ['list'], { cwd: repo.root });
      return records(looked.stdout);
    };
    expect(await list()).toMatchObject([{ dirty: false, ahead: 0 }]);
    const script = (text: string) =>
      execFileSync('sh', ['-ec', text], { cwd: path, env: { ...process.env, OUT: repo.folder } });
    script('echo one > one; git add one; git commit -q -m one');
    expect(await list()).toMatchObject([{ dirty: false, ahead: 1 }]);
    script(`${TRAPS}; trap_git; rm -f "$OUT/trapped"; echo edit >> README.md`);
    expect(await list()).toMatchObject([{ dirty: true, ahead: 1 }]);
    expect(trapped(repo)).toBe('');
  });
});

it('a program of an agent, put where a PATH of ours would find it in its workspace, is run by nobody', async () => {
  const repo = temporaryRepository();
  const tools = 'git sh find cp rm tar du ps perl flock setsid env cat';
  const agent = `echo work > work.txt; printf '#!/bin/sh\\necho "$0 $*" >> "%s/trapped"\\n' "$OUT" > trap; /bin/chmod +x trap
for tool in ${tools}; do /bin/cp trap $tool; done; exit 1`;
  const run = await runProgram('ralph-worker', ['run', '--', scriptedCommand(repo.folder, 'agent', agent)], {
    cwd: repo.root,
    stdin: taskLines(HOSTILE),
    env: { OUT: repo.folder, PATH: `.::bin:${testEnvironment()['PATH'] ?? ''}` },
  });
  expect(trapped(repo)).toBe('');
  expect(run.status).toBe(1);
  expect(repo.git('show', `${SALVAGE}:work.txt`)).toBe('work');
});

describe('an agent that wants our git to write elsewhere', () => {
  it.each([
    [
      'the logs, the last message and what we note',
      `ln -sf "$OUT/victim" .git/COMMIT_EDITMSG; mkdir -p .git/logs/refs; ln -sf "$OUT/victim" .git/logs/HEAD
rm -rf .git/logs/refs; ln -s "$OUT/room" .git/logs/refs; rm -rf .git/ralph; ln -s "$OUT/room" .git/ralph`,
    ],
    [
      'the branches and the index',
      `mv .git/refs/heads "$OUT/room/heads"; ln -s "$OUT/room/heads" .git/refs/heads
mv .git/index "$OUT/room"; ln -s "$OUT/room/index" .git/index`,
    ],
    ['the objects', 'mv .git/objects "$OUT/room"; ln -s "$OUT/room/objects" .git/objects'],
  ])('and makes %s a link: nothing is written there, and its files are kept', async (_, act) => {
    const repo = temporaryRepository();
    const [victim, room] = [join(repo.folder, 'victim'), join(repo.folder, 'room')];
    writeFileSync(victim, 'precious\n');
    mkdirSync(room);
    const listing = 'find "$OUT/room" -type f -newer "$OUT/victim" -exec touch -r "$OUT/victim" {} +';
    await runWorker(repo, taskLines(HOSTILE), `echo work > work.txt; ${act}; ${listing}; touch "$OUT/later"`);
    const written = ['-newer', join(repo.folder, 'later'), '-type', 'f'];
    expect(readFileSync(victim, 'utf8')).toBe('precious\n');
    expect(execFileSync('find', [room, ...written], { encoding: 'utf8' })).toBe('');
    await runProgram('ralph-worker', ['remove', HOSTILE], { cwd: repo.root });
    expect(execFileSync('find', [room, ...written], { encoding: 'utf8' })).toBe('');
    const kept = repo.git('for-each-ref', '--format=%(refname)', 'refs/ralph/').split('\n');
    const trees = kept.map((ref) => repo.git('ls-tree', '-r', '--name-only', ref));
    expect(trees.some((names) => names.includes('work.txt'))).toBe(true);
  });

  it.each([
    [
      'in the place of what it has committed',
      'object=$(git rev-parse HEAD | sed "s,..,.git/objects/&/,"); rm -f $object; mkfifo $object',
    ],
    [
      'where it says that objects are borrowed from',
      'mkdir -p lent/pack; touch lent/pack/pack-x.pack; mkfifo lent/pack/pack-x.idx; echo "$PWD/lent" >> .git/objects/info/alternates',
    ],
  ])('and puts a pipe %s: nobody waits for it', async (_, act) => {
    const repo = temporaryRepository();
    const agent = `echo work > work.txt; git add work.txt; git commit -q -m work; ${act}`;
    const run = await runWorker(repo, taskLines(HOSTILE), agent);
    expect(run.events('agent.started')).toHaveLength(1);
    expect(run.status).not.toBe(null);
  });

  it('and puts pipes where git and we read: nobody waits for them', async () => {
    const repo = temporaryRepository();
    const pipes = `.gitignore .gitattributes .gitmodules .mailmap deep/.gitignore .env .git/COMMIT_EDITMSG .git/logs/HEAD
      .git/info/exclude .git/info/attributes .git/shallow .git/ralph/workspace.json`;
    const run = await runWorker(
      repo,
      taskLines(HOSTILE),
      `mkdir -p deep .git/logs; echo work > work.txt; for name in ${pipes.replaceAll(/\s+/g, ' ')}; do rm -f $name; mkfifo $name; done`,
    );
    expect(run.status).toBe(0);
    expect(repo.git('show', `${ATTEMPT}:work.txt`)).toBe('work');
  });
});
