import { join } from 'node:path';
import { RALPH_PATHS } from '@ralph/protocol/contract/paths';
import { replaceFile } from '@ralph/protocol/process/durable-file';
import type { Job } from '../candidate/job.ts';
import { targetName } from '../site/settings.ts';
import { git } from '../workspace/workspace-git.ts';
import type { Publication } from './publication.ts';

/** More of them are counted, not named. */
const MOST_COMMITS = 100;
const MOST_FILES = 300;

export interface ReviewSummary {
  readonly title: string;
  readonly path: string;
}

/**
 * Writes what a reviewer reads first, in Markdown: title, commits, files and gates.
 *
 * @returns where it is, and the title: that of the task, else the subject of the attempt's last commit
 */
export async function writeReviewSummary(job: Job, { commit, base, tip }: Publication): Promise<ReviewSummary> {
  const { bench, candidate, workspace } = job;
  const { settings, secrets } = bench;
  const { taskId, attempt } = candidate;
  const { gates } = settings.gates;
  const cwd = workspace.path;
  const named = candidate.title?.split('\n', 1)[0]?.trim() ?? '';
  const title = named === '' ? (await git(['log', '-1', '--format=%s', tip], { cwd })).trim() : named;
  const commits = await git(['log', '--reverse', '--format=- %h %s', `${base}..${commit}`], { cwd });
  const files = await git(['diff', '--no-renames', '--stat=100', `--stat-count=${MOST_FILES}`, base, commit], { cwd });
  const text = [
    `# ${title}`,
    `Task ${taskId}, attempt ${attempt}, for ${targetName(settings)} at ${base.slice(0, 10)}.`,
    '## Commits',
    listed(commits.trimEnd().split('\n')),
    '## Files',
    fenced(files.trimEnd()),
    '## Gates',
    gates.length === 0 ? 'None.' : `Passed:\n\n${fenced(gates.map(({ command }) => command).join('\n'))}`,
  ].join('\n\n');
  const path = join(settings.root, RALPH_PATHS.logs, `${taskId}.${attempt}.review.md`);
  await replaceFile(path, `${secrets.redact(text)}\n`);
  return { title: secrets.redact(title), path };
}

function listed(lines: readonly string[]): string {
  const more = lines.length - MOST_COMMITS;
  return [...lines.slice(0, MOST_COMMITS), ...(more > 0 ? [`- and ${more} more`] : [])].join('\n');
}

/** By more backticks than the text holds in a row. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}\n${text}\n${fence}`;
}
