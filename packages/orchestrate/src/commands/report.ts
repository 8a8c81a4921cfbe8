import { basename, join, resolve } from 'node:path';
import type { Call, Result } from '@ralph/protocol/cli/program';
import { RALPH_PATHS } from '@ralph/protocol/contract/paths';
import { findGitRepository } from '@ralph/protocol/process/repository';
import { Secrets } from '@ralph/protocol/process/secrets';
import { foldRun, oneRun } from '../history/past-runs.ts';
import { askLock, type AskRunning } from '../history/run-in-progress.ts';
import { prometheusText } from '../metrics/prometheus-text.ts';
import { RunCounters } from '../metrics/run-counters.ts';
import { cleanStory } from '../record/clean-story.ts';
import { RunLog } from '../record/run-log.ts';
import { otlpLines } from '../report/otlp-traces.ts';
import { reportPage } from '../report/page.ts';
import { reportPath, writeReport, type ReportForm } from '../report/report-file.ts';
import type { REPORT_RUN_OPTIONS } from '../report/report-options.ts';

type ReportCall = Call<typeof REPORT_RUN_OPTIONS>;

/** `ralph-orchestrate report`: one run as a page, as traces or as metrics; all of it from the events of the run. */
export async function run({ args, operands, output }: ReportCall): Promise<Result> {
  const { root } = findGitRepository(args.repo);
  const [wanted = 'last'] = operands;
  const ask = askLock(root, (line) => output.note(line));
  const log = await RunLog.open(join(root, RALPH_PATHS.events));
  try {
    const { id, text } = await made(log, wanted, { ask, form: args.as, root });
    if (args.output === '-') {
      await output.write(text);
      return {};
    }
    const path = resolve(args.output ?? reportPath(root, id, args.as));
    await writeReport(path, text);
    const record = { run_id: id ?? null, as: args.as, path, bytes: Buffer.byteLength(text) };
    return { record, text: `${path}\n` };
  } finally {
    await log.close();
  }
}

interface Wish {
  readonly ask: AskRunning;
  readonly form: ReportForm;
  readonly root: string;
}

interface Made {
  readonly id: string | undefined;
  readonly text: string;
}

async function made(log: RunLog, wanted: string, { ask, form, root }: Wish): Promise<Made> {
  if (form === 'prometheus') {
    const { fold, isRunning } = await foldRun(log, wanted, { ask, make: () => new RunCounters() });
    const id = fold.started?.run_id ?? fold.finished?.run_id;
    return { id, text: prometheusText(fold, isRunning, Date.now()) };
  }
  const told = await oneRun(log, wanted, ask);
  const story = cleanStory(told.story, new Secrets(root).redact);
  const { id } = story;
  if (form === 'otlp') return { id, text: otlpLines(story, told.isRunning) };
  const facts = { repository: basename(root), isRunning: told.isRunning, broken: log.broken, now: Date.now() };
  return { id, text: reportPage(story, facts) };
}
