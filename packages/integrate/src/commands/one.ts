import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Call, Result } from '@ralph/protocol/cli/program';
import { usageFailure } from '@ralph/protocol/cli/usage-failure';
import { latestAttempt } from '../candidate/attempt-refs.ts';
import { hasLandedRef } from '../candidate/landed-before.ts';
import { openBench } from '../site/bench.ts';
import { Passages } from '../train/passages.ts';
import { Lanes } from '../train/lanes.ts';
import type { Candidate } from '../candidate/candidate.ts';
import { toldToAPerson } from '../candidate/told-to-a-person.ts';
import { integrate } from '../candidate/integrate.ts';
import type { ONE_OPTIONS } from '../options.ts';
import { usualFolder } from '../site/usual-folder.ts';

/** `ralph-integrate one`: lands one workspace; ends with the status of what kept it from landing. */
export async function run(call: Call<typeof ONE_OPTIONS>): Promise<Result> {
  const bench = await openBench(call);
  const candidate = await candidateFrom(call, bench.settings.root);
  const passages = new Passages(new Lanes(bench, { jobs: 1, landing: 'serial' }));
  const outcome = await integrate(bench, candidate, passages.next(candidate));
  await bench.checkout.done();
  switch (outcome.kind) {
    case 'landed':
    case 'published':
      return {};
    case 'stopped':
      bench.output.note(toldToAPerson(bench.settings, candidate, outcome) ?? '');
      return {};
    case 'blocked':
    case 'failed':
    case 'skipped':
      throw outcome.failure;
  }
}

/** What is not told is looked up: the workspace where ralph-worker makes it, and the latest attempt. */
async function candidateFrom(call: Call<typeof ONE_OPTIONS>, root: string): Promise<Candidate> {
  const taskId = call.operands[0] ?? '';
  const usual = join(usualFolder(root), taskId);
  const workspace = call.args.workspace ?? usual;
  const attempt = call.args.attempt ?? (await latestAttempt(root, taskId));
  if (attempt === undefined) {
    throw usageFailure(call.program, `one needs --attempt N: no attempt at ${taskId} is known in ${root}`);
  }
  const candidate = { taskId, attempt, workspacePath: resolve(workspace), title: undefined };
  // What has landed needs no workspace any more.
  if (call.args.workspace !== undefined || existsSync(usual) || (await hasLandedRef(root, candidate))) return candidate;
  throw usageFailure(call.program, `one needs --workspace DIR: there is no workspace ${usual}`);
}
