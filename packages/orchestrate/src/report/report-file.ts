import { join } from 'node:path';
import { Failure } from '@ralph/protocol/contract/failure';
import { RALPH_PATHS } from '@ralph/protocol/contract/paths';
import { replaceFile } from '@ralph/protocol/process/durable-file';
import { isTaken } from '../record/plain-place.ts';

export type ReportForm = 'html' | 'otlp' | 'prometheus';

const ENDINGS: Readonly<Record<ReportForm, string>> = { html: 'html', otlp: 'jsonl', prometheus: 'prom' };

/** Returns where a report is written unless somebody says otherwise: where git ignores it. */
export function reportPath(root: string, runId: string | undefined, form: ReportForm): string {
  // An id comes from the log, which anybody may have written into.
  const name = (runId ?? 'run').replace(/[^\w.-]/g, '_').slice(0, 100);
  return join(root, RALPH_PATHS.logs, `report-${name}.${ENDINGS[form]}`);
}

/**
 * Writes a report as a whole: whoever reads the file finds the old one or the new one.
 *
 * @throws Failure `usage` where something other than a file stands there; `disk_full`, `permission`, `io`
 */
export async function writeReport(path: string, text: string): Promise<void> {
  if (isTaken(path)) {
    throw new Failure('usage', `cannot write ${path}: it is no plain file`, {
      hint: 'name a file, or - for stdout',
    });
  }
  await replaceFile(path, text);
}
