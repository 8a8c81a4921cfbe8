import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { runGit, type TestRepository } from '@ralph/protocol/testing/temporary-repository';
import { transcriptOf } from '@ralph/protocol/testing/run-built-program';
import { runOf, runWorker, startWorker, taskLines, type WorkerRun } from './worker-run.ts';

/** The task of the hostile agent, and that of the honest one beside it. */
export const HOSTILE = 'RQ-0001';
export const HONEST = 'RQ-0002';

export const SALVAGE = `refs/ralph/salvage/${HOSTILE}/1`;
export const ATTEMPT = `refs/ralph/attempts/${HOSTILE}/1`;

/**
 * Returns an agent that is honest with one task and hostile with the other. The honest one does its work after the
 * hostile one has made the file `acted` in the test's folder, and tells what it then sees of git in `seen`.
 */
export function besideHonest(hostile: string): string {
  return `if [ "$RALPH_TASK_ID" = ${HONEST} ]; then
until [ -e "$OUT/acted" ]; do sleep 0.05; done
{ git stash list; git for-each-ref --format='%(refname)'; git config --get-regexp '^(user|remote|core.hookspath|alias)'; ls .git/hooks; } > "$OUT/seen" 2>/dev/null
echo honest > honest.txt; exit 0
fi
${hostile}`;
}

/** Runs a hostile agent and an honest one side by side to their end. */
export function runHostile(repo: TestRepository, hostile: string, ...args: readonly string[]): Promise<WorkerRun> {
  return runWorker(repo, taskLines(HOSTILE, HONEST), besideHonest(hostile), '--jobs', '2', ...args);
}

/** Returns what became of the honest agent's work: the reason of its end, its commit and its file. */
export function honestWork(repo: TestRepository, run: WorkerRun): readonly unknown[] {
  const ref = `refs/ralph/attempts/${HONEST}/1`;
  const ends = run.events('agent.finished').filter((event) => event['task_id'] === HONEST);
  return [
    ...ends.map((event) => event['reason']),
    repo.git('log', '--format=%s', `main..${ref}`),
    repo.git('show', `${ref}:honest.txt`),
  ];
}

/** What {@link honestWork} returns when nothing disturbed it. */
export const UNDISTURBED = ['exited', `${HONEST}: Task ${HONEST}`, 'honest'];

/**
 * Returns the living processes that agents of a test have left: by their environment, or by where they work. Helpers of
 * the worker see that it has ended and follow it: none is to be there a moment later.
 */
export function leftProcesses(repo: TestRepository): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => isOf(repo, pid));
}

function isOf(repo: TestRepository, pid: string): boolean {
  try {
    const environment = readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0');
    return environment.includes(`OUT=${repo.folder}`) || readlinkSync(`/proc/${pid}/cwd`).startsWith(repo.workspaces);
  } catch {
    // Gone in the meantime, or a zombie.
    return false;
  }
}

/** Returns everything of the user's repository that an agent must not change. */
export function usersView(repo: TestRepository): readonly string[] {
  const refs = repo.git('for-each-ref', '--format=%(refname) %(objectname)').split('\n');
  return [
    ...refs.filter((line) => !line.startsWith('refs/ralph/')),
    repo.git('symbolic-ref', 'HEAD'),
    repo.git('stash', 'list'),
    repo.git('status', '--porcelain', '--', ':!.ralph'),
    repo.read('.git/config'),
    readdirSync(`${repo.root}/.git/hooks`).join(' '),
    repo.git('ls-files', '--stage'),
    runGit(repo.origin, ['for-each-ref', '--format=%(refname) %(objectname)']),
  ];
}

/**
 * Lets a hostile agent flood its output beside an honest one, and returns the run with the most memory that the worker
 * has had, in MB.
 */
export async function flood(repo: TestRepository, bytes: number): Promise<{ run: WorkerRun; peak: number }> {
  const agent = `touch "$OUT/acted"; yes 'flooding the log' | head -c ${bytes}; echo done > done.txt`;
  const worker = startWorker(repo, besideHonest(agent), '--jobs', '2');
  const ended = transcriptOf(worker);
  let stdout = '';
  const bothEnded = new Promise<void>((resolve) => {
    worker.stdout.on('data', (text: string) => {
      stdout += text;
      if (stdout.split('"agent.finished"').length === 3) resolve();
    });
  });
  worker.stdin.write(taskLines(HOSTILE, HONEST));
  await Promise.race([bothEnded, ended]);
  const status = readFileSync(`/proc/${worker.pid}/status`, 'utf8');
  worker.stdin.end();
  const { status: code, stderr } = await ended;
  return { run: runOf(code, stdout, stderr), peak: Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024 };
}
