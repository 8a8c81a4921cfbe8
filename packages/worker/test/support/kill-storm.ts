import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { identityOf } from '@ralph/protocol/process/process-identity';
import { livingProcesses, signalProcess } from '@ralph/protocol/process/process-list';
import { momentAfter, seededChance } from '@ralph/protocol/testing/chance';
import { builtProgram, records, runProgram } from '@ralph/protocol/testing/run-built-program';
import { scriptedCommand } from '@ralph/protocol/testing/scripted-agent';
import { runGit, temporaryRepository, type TestRepository } from '@ralph/protocol/testing/temporary-repository';
import { testEnvironment } from '@ralph/protocol/testing/test-environment';
import { waitUntil } from '@ralph/protocol/testing/wait-until';
import { taskLines } from '../worker-run.ts';
import { DETACHED, journalled, STORM_AGENT } from './storm-agent.ts';
import { watchersOf } from './watchers.ts';

/** Who is killed with SIGKILL, all of them at once. */
const VICTIMS = [['worker'], ['parent'], ['worker', 'parent'], ['worker', 'parent', 'watcher']] as const;

/** Kills come up to so many times later than what the first agent takes for its work. */
const SPREAD = 2;

/** A parent that holds the leash of a worker: the one end of a pipe that nobody else has. */
const PARENT = `
mkfifo "$1"
"$3" "$4" run --leash --jobs 3 -- "$5" <"$1" >/dev/null 2>"$1.err" &
echo $! >"$1.pid"
exec 9>"$1"
cat "$2" >&9
wait`;

export interface KillStorm {
  readonly wrong: readonly string[];
  /** How many of the objects that agents had written down were found again. */
  readonly kept: number;
}

/** Kills a worker, its parent, both, or both and the watcher at moments of chance, and looks what a reap makes of it. */
export async function killStorm(rounds: number): Promise<KillStorm> {
  const random = seededChance();
  const repo = temporaryRepository();
  for (const name of ['detached', 'fled']) scriptedCommand(repo.folder, name, DETACHED);
  onTestFinished(() => agentsOf(repo).forEach((pid) => signalProcess(pid, 'SIGKILL')));
  const longestMs = SPREAD * (await workMs(repo));
  const wrong: string[] = [];
  let kept = 0;
  for (let round = 0; round < rounds; round += 1) {
    const victims = VICTIMS[Math.floor(random() * VICTIMS.length)] ?? VICTIMS[0];
    const momentMs = random() * longestMs;
    const found = await killRound(repo, { round, tasks: 2 + Math.floor(random() * 2), victims, momentMs });
    const where = `round ${round}, ${victims.join(' and ')} killed after ${Math.round(momentMs)} ms`;
    wrong.push(...found.wrong.map((what) => `${where}: ${what}`));
    kept += found.kept;
  }
  return { wrong, kept };
}

/** Returns the milliseconds in which an agent that nobody kills has done its work: a busy machine has other moments. */
async function workMs(repo: TestRepository): Promise<number> {
  const begun = performance.now();
  const { parent, worker } = await startUnderParent(repo, -1, 1);
  await waitUntil('the work of an agent', () =>
    [...journalled(repo.folder).values()].some((what) => what.includes('edit.')),
  );
  const tookMs = performance.now() - begun;
  for (const pid of [worker, parent.pid ?? 0]) signalProcess(pid, 'SIGKILL');
  await waitUntil('the end of the worker', () => identityOf(worker) === undefined);
  await runProgram('ralph-worker', ['reap', '--all'], { cwd: repo.root });
  await waitUntil('the end of everything', () => agentsOf(repo, '').length === 0);
  forget(repo);
  return tookMs;
}

interface Round {
  readonly round: number;
  readonly tasks: number;
  readonly victims: (typeof VICTIMS)[number];
  readonly momentMs: number;
}

async function killRound(repo: TestRepository, { round, tasks, victims, momentMs }: Round): Promise<KillStorm> {
  rmSync(join(repo.folder, 'journal'), { force: true });
  const { parent, worker } = await startUnderParent(repo, round, tasks);
  await momentAfter(momentMs);
  const pids = { worker: [worker], parent: [parent.pid ?? 0], watcher: watchersOf(worker) };
  for (const pid of victims.flatMap((victim) => pids[victim])) signalProcess(pid, 'SIGKILL');
  await waitUntil('the end of the worker', () => identityOf(worker) === undefined);
  const { status, stdout, stderr } = await runProgram('ralph-worker', ['reap', '--all'], { cwd: repo.root });
  const living = agentsOf(repo);
  const rows = records(stdout).filter(({ action }) => action === 'kept');
  const known = new Set(runGit(repo.root, ['rev-list', '--objects', '--no-object-names', '--all']).split('\n'));
  const written = journalled(repo.folder);
  const lost = [...written].filter(([id]) => !known.has(id)).map(([, what]) => `lost: ${what}`);
  await waitUntil('the end of everything', () => agentsOf(repo, '').length === 0);
  forget(repo);
  return {
    wrong: [
      ...(status === 0 ? [] : [`reap ended with ${status}: ${stderr}`]),
      ...living.map((pid) => `pid ${pid} lives`),
      ...rows.map((row) => `kept: ${JSON.stringify(row)}`),
      ...lost,
    ],
    kept: written.size - lost.length,
  };
}

async function startUnderParent(
  repo: TestRepository,
  round: number,
  tasks: number,
): Promise<{ parent: ChildProcess; worker: number }> {
  const pipe = join(repo.folder, `leash.${round}`);
  const lines = `${pipe}.tasks`;
  const ids = Array.from({ length: tasks }, (_, index) => `S${round}-${index + 1}`);
  writeFileSync(lines, taskLines(...ids));
  const agent = scriptedCommand(repo.folder, 'agent', STORM_AGENT);
  const args = ['-c', PARENT, 'storm-parent', pipe, lines, process.execPath, builtProgram('ralph-worker'), agent];
  const parent = spawn('sh', args, {
    cwd: repo.root,
    env: { ...testEnvironment(), OUT: repo.folder },
    stdio: 'ignore',
  });
  onTestFinished(() => void parent.kill('SIGKILL'));
  const worker = await waitUntil('the worker', () => {
    const pid = existsSync(`${pipe}.pid`) ? Number(readFileSync(`${pipe}.pid`, 'utf8')) : 0;
    return pid > 0 && pid;
  });
  onTestFinished(() => signalProcess(worker, 'SIGKILL'));
  return { parent, worker };
}

/** Returns the processes that agents of a repository run; one behind the gate has run nothing and ends by itself. */
function agentsOf(repo: TestRepository, except = 'ralph-gate'): number[] {
  return [...livingProcesses()]
    .map(({ pid }) => ({ pid, words: wordsOf(pid) }))
    .filter(({ words }) => words.some((word) => word.startsWith(join(repo.folder, 'bin/'))))
    .filter(({ words }) => !words.includes(except) && !words.includes('storm-parent') && !words.includes('--leash'))
    .map(({ pid }) => pid);
}

function wordsOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1').split('\0');
  } catch {
    return [];
  }
}

function forget(repo: TestRepository): void {
  const refs = repo.git('for-each-ref', '--format=%(refname)', 'refs/ralph').split('\n');
  for (const ref of refs) if (ref !== '') repo.git('update-ref', '-d', ref);
}
