import { findingsResult } from '@ralph/protocol/cli/findings-result';
import type { Call, Result } from '@ralph/protocol/cli/program';
import { endGitWith } from '@ralph/protocol/process/git';
import { openSandbox } from '@ralph/protocol/process/open-sandbox';
import { readParallelConfig } from '@ralph/protocol/process/parallel-config';
import { findGitRepository } from '@ralph/protocol/process/repository';
import { targetBranch } from '@ralph/protocol/process/target-branch';
import { bookkeepingMode, booksOnDisk, placesOfBooks } from '../books/bookkeeping.ts';
import { requirePushedTasks } from '../books/pushed-tasks.ts';
import type { PREFLIGHT_OPTIONS } from '../options.ts';
import { pushRights } from '../push/push-rights.ts';
import { aheadBehind, divergedWords, hasDiverged } from '../site/checkout.ts';
import { checkOptions } from '../site/check-options.ts';
import { sandboxRequest } from '../site/sandbox-request.ts';
import { findRemote, shownUrl } from '../site/remote.ts';
import { askLimitMs, fetchCommit, remoteCommit } from '../site/remote-commit.ts';

/** `ralph-integrate preflight`: says whether work could land, before any is done. Moves no ref. */
export async function run(call: Call<typeof PREFLIGHT_OPTIONS>): Promise<Result> {
  const { args } = call;
  endGitWith(call.stop.signal);
  const { root } = findGitRepository(args.repo);
  checkOptions(args);
  if (args.report || args.survey) {
    const { integratorReport } = await import('../site/integrator-report.ts');
    return findingsResult(await integratorReport(call));
  }
  await readParallelConfig(root);
  await openSandbox(sandboxRequest(call));
  const remote = await findRemote(root, args.remote);
  const branch = await targetBranch(root, args['target-branch']);
  const limitMs = askLimitMs(args['push-timeout']);
  const onDisk = booksOnDisk(root);
  const commit = await remoteCommit(root, remote, branch, limitMs);
  await fetchCommit(root, remote, branch, limitMs);
  const books = await placesOfBooks(root, root, commit, onDisk);
  const queueTracked = bookkeepingMode(books.queue, books.done) === 'tracked';
  if (queueTracked) await requirePushedTasks(root, `${remote.name}/${branch}`, commit);
  const push = await pushRights(root, remote, branch, commit, limitMs);
  const distance = await aheadBehind(root, branch, commit);
  const diverged = hasDiverged(distance);
  if (diverged) {
    const { message, pull } = divergedWords(root, remote, branch, distance);
    call.output.note(`ralph-integrate: ${message}; to bring them together: ${pull}`);
  }
  return {
    record: {
      remote: remote.name,
      url: shownUrl(remote.fetchUrl),
      target_branch: branch,
      commit,
      queue_tracked: queueTracked,
      queue: books.queue,
      done: books.done,
      ...distance,
      diverged,
      push,
    },
    text: `work can land on ${branch} of ${shownUrl(remote.fetchUrl)} (now at ${commit.slice(0, 10)})${push === 'unknown' ? ', if the remote takes a push: it could not be asked' : ''}\n`,
  };
}
