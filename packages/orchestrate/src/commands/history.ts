import { join } from 'node:path';
import type { Call, Result } from '@ralph/protocol/cli/program';
import { RALPH_PATHS } from '@ralph/protocol/contract/paths';
import { findGitRepository } from '@ralph/protocol/process/repository';
import { Secrets } from '@ralph/protocol/process/secrets';
import type { HISTORY_OPTIONS } from '../history/history-options.ts';
import { runsText, runText } from '../history/history-text.ts';
import { lastRuns, oneRun } from '../history/past-runs.ts';
import { askLock, type AskRunning } from '../history/run-in-progress.ts';
import { runRow } from '../history/run-row.ts';
import { taskRows } from '../history/task-row.ts';
import { cleanStory } from '../record/clean-story.ts';
import { RunLog } from '../record/run-log.ts';

type HistoryCall = Call<typeof HISTORY_OPTIONS>;

/** `ralph-orchestrate history`: the runs that are on record, the newest first; or the tasks of one, with what each has cost. */
export async function run({ args, operands, output }: HistoryCall): Promise<Result> {
  const { root } = findGitRepository(args.repo);
  const onNote = (line: string) => output.note(line);
  const log = await RunLog.open(join(root, RALPH_PATHS.events));
  try {
    const ask = askLock(root, onNote);
    const [wanted] = operands;
    return wanted === undefined ? await list(log, args.limit, ask) : await one(log, wanted, root, ask);
  } finally {
    const { broken } = log;
    if (broken > 0)
      onNote(
        `${broken} line${broken === 1 ? '' : 's'} of the log cannot be read and ${broken === 1 ? 'is' : 'are'} left out`,
      );
    await log.close();
  }
}

async function list(log: RunLog, limit: number, ask: AskRunning): Promise<Result> {
  const runs = await lastRuns(log, limit, ask);
  const rows = runs.map(({ story, isRunning }) => runRow(story, isRunning));
  return { records: rows, text: runsText(rows) };
}

async function one(log: RunLog, wanted: string, root: string, ask: AskRunning): Promise<Result> {
  const { story, isRunning } = await oneRun(log, wanted, ask);
  const told = cleanStory(story, new Secrets(root).redact);
  const rows = taskRows(told, isRunning);
  return { records: rows, text: runText(runRow(told, isRunning), rows) };
}
