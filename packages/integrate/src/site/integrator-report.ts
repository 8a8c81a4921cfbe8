import type { Call } from '@ralph/protocol/cli/program';
import { commandLine } from '@ralph/protocol/cli/shell-words';
import type { PreflightFinding } from '@ralph/protocol/contract/preflight-report';
import { checked, unchecked } from '@ralph/protocol/process/findings';
import { tryGit } from '@ralph/protocol/process/git';
import { reportSandbox } from '@ralph/protocol/process/report-sandbox';
import { findGitRepository } from '@ralph/protocol/process/repository';
import { targetBranch } from '@ralph/protocol/process/target-branch';
import { bookkeepingMode, booksOnDisk, placesOfBooks } from '../books/bookkeeping.ts';
import { requirePushedTasks } from '../books/pushed-tasks.ts';
import type { PREFLIGHT_OPTIONS } from '../options.ts';
import { pushRights } from '../push/push-rights.ts';
import { aheadBehind, divergedWords, hasDiverged } from './checkout.ts';
import { sandboxRequest } from './sandbox-request.ts';
import { findRemote, shownUrl, type Remote } from './remote.ts';
import { askLimitMs, fetchCommit, isKnown, remoteCommit } from './remote-commit.ts';

type LandingCall = Call<typeof PREFLIGHT_OPTIONS>;

/** Where work would land, and what is known of it here. */
interface Landing {
  readonly root: string;
  readonly remote: Remote;
  readonly branch: string;
  /** Which of the queue and the done file the checkout had before the commit was asked for. */
  readonly onDisk: readonly string[];
  readonly commit: string;
  /** Whether the commit has been fetched, at some time. */
  readonly isHere: boolean;
  /** Of each question to the remote. */
  readonly limitMs: number;
}

/**
 * Returns every check of whether work could land, whatever the others say. With `--survey` nothing is fetched: what
 * can only be said of commits that are here is left open then.
 *
 * @throws Failure `not_a_repository`
 */
export async function integratorReport(call: LandingCall): Promise<PreflightFinding[]> {
  const { args } = call;
  const { root } = findGitRepository(args.repo);
  const [origin, branch, box] = await Promise.all([
    checked(
      'origin',
      () => findRemote(root, args.remote),
      (remote) => ({
        message: `work lands on ${remote.name}, ${shownUrl(remote.pushUrl)}`,
        facts: { remote: remote.name },
      }),
    ),
    checked(
      'branch',
      () => targetBranch(root, args['target-branch']),
      (name) => `work lands on ${name}`,
    ),
    reportSandbox(sandboxRequest(call)),
  ]);
  const found = [...box, origin.finding, branch.finding];
  const remote = origin.value;
  const name = branch.value;
  if (remote === undefined || name === undefined)
    return [...found, ...open(remote === undefined ? 'origin' : 'branch')];
  const target = await checked(
    'target',
    () => reach(root, remote, name, args),
    ({ commit }) => ({ message: `${name} of ${remote.name} is at ${commit.slice(0, 10)}`, facts: { commit } }),
  );
  if (target.value === undefined) return [...found, target.finding, ...open('target').slice(1)];
  const landing = target.value;
  const rest = [reportBooks(landing), reportCheckout(landing), reportRights(landing)];
  return [...found, target.finding, ...(await Promise.all(rest)).flat()];
}

function open(because: 'origin' | 'branch' | 'target'): PreflightFinding[] {
  const checks = ['target', 'bookkeeping', 'published_tasks', 'checkout', 'push_rights'] as const;
  return checks.map((check) => unchecked(check, because));
}

async function reach(root: string, remote: Remote, branch: string, args: LandingCall['args']): Promise<Landing> {
  const limitMs = askLimitMs(args['push-timeout']);
  const onDisk = booksOnDisk(root);
  const commit = await remoteCommit(root, remote, branch, limitMs);
  if (!args.survey) await fetchCommit(root, remote, branch, limitMs);
  return { root, remote, branch, onDisk, commit, limitMs, isHere: !args.survey || (await isKnown(root, commit)) };
}

async function reportBooks({ root, remote, branch, onDisk, commit, isHere }: Landing): Promise<PreflightFinding[]> {
  if (!isHere) return [unfetched('bookkeeping', root, remote), unfetched('published_tasks', root, remote)];
  const books = await checked(
    'bookkeeping',
    () => placesOfBooks(root, root, commit, onDisk),
    ({ queue, done }) => ({
      message: `the queue is ${queue} in git, the done file ${done}`,
      facts: { queue_tracked: bookkeepingMode(queue, done) === 'tracked' },
    }),
  );
  if (books.value === undefined) return [books.finding, unchecked('published_tasks', 'bookkeeping')];
  const isTracked = bookkeepingMode(books.value.queue, books.value.done) === 'tracked';
  const pushed = await checked(
    'published_tasks',
    () => (isTracked ? requirePushedTasks(root, `${remote.name}/${branch}`, commit) : undefined),
    () => (isTracked ? `${remote.name} knows every task of the queue` : 'the queue is kept here only'),
  );
  return [books.finding, pushed.finding];
}

async function reportCheckout({ root, remote, branch, commit, isHere }: Landing): Promise<PreflightFinding[]> {
  if (!isHere) return [unfetched('checkout', root, remote)];
  const { finding } = await checked(
    'checkout',
    () => aheadBehind(root, branch, commit),
    (distance) => {
      if (!hasDiverged(distance)) return { message: `your ${branch} can follow what lands`, facts: { ...distance } };
      const { message, pull } = divergedWords(root, remote, branch, distance);
      return { level: 'warning', message, hint: pull, facts: { ...distance } };
    },
  );
  return [finding];
}

async function reportRights({ root, remote, branch, commit, isHere, limitMs }: Landing): Promise<PreflightFinding[]> {
  // A commit that is here has to be named; whether it could land does not matter to what is asked.
  const named = isHere ? commit : (await tryGit(['rev-parse', 'HEAD'], { cwd: root })).stdout.trim();
  const { finding } = await checked(
    'push_rights',
    () => pushRights(root, remote, branch, named, limitMs),
    (rights) =>
      rights === 'allowed'
        ? `${remote.name} lets us push`
        : { level: 'warning', message: `${remote.name} could not be asked whether it takes a push` },
  );
  return [finding];
}

function unfetched(check: PreflightFinding['check'], root: string, { name }: Remote): PreflightFinding {
  return {
    check,
    level: 'warning',
    message: `not looked at: ${name} has commits that were not fetched yet`,
    hint: commandLine(['git', '-C', root, 'fetch', name]),
  };
}
