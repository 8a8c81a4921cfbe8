import { closeSync, constants, fstatSync, lstatSync, mkdirSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Phase } from '@ralph/protocol/contract/phases';
import { readOpenFile } from '@ralph/protocol/process/read-open-file';
import { planFile, summaryFile } from '../prompt/render-prompt.ts';

/** What is longer is no plan. */
const MOST_BYTES = 2 ** 20;

const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants;

export interface HandingOn {
  readonly taskId: string;
  /** The workspace. */
  readonly path: string;
  readonly logPath: string;
  readonly phase: Phase;
  /** What the agent said last; it counts where it has written no file. */
  readonly said: string;
  /** Takes the secrets out of what is kept. */
  readonly redact: (text: string) => string;
}

/**
 * Sees to it that the file is there in which a phase hands on what it came to: what the agent has written, or else what it
 * has said last. It is kept beside the log, too, where a person finds it.
 *
 * @returns what is missing, where the agent has left nothing; nothing when all is well
 * @throws the error of the system
 */
export function handOn({ taskId, path, logPath, phase, said, redact }: HandingOn): string | undefined {
  const name = phase === 'plan' ? planFile(taskId) : summaryFile(taskId);
  const file = join(path, name);
  if (linkOnTheWay(path, file) !== undefined) return `a symlink on the way to ${name}`;
  const written = textIn(file);
  const text = isFilled(written) ? written : said;
  // What was done shows in the work itself; without a plan there is nothing to go by.
  if (!isFilled(text)) return phase === 'plan' ? `no plan in ${name}` : undefined;
  if (text !== written) writeAnew(file, `${text.trimEnd()}\n`);
  writeAnew(`${logPath.slice(0, -'.log'.length)}.${phase === 'plan' ? 'plan' : 'summary'}.md`, redact(text));
  return undefined;
}

function isFilled(text: string | undefined): text is string {
  return text !== undefined && text.trim() !== '';
}

/** Nothing for what is no file of a size that one has. */
function textIn(path: string): string | undefined {
  let file: number;
  try {
    file = openSync(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW);
  } catch {
    return undefined;
  }
  try {
    const stats = fstatSync(file);
    return stats.isFile() && stats.size <= MOST_BYTES ? readOpenFile(file, stats.size).toString() : undefined;
  } finally {
    closeSync(file);
  }
}

/** A link in its place is replaced. */
function writeAnew(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  rmSync(path, { recursive: true, force: true });
  writeFileSync(path, text, { flag: 'wx', mode: 0o600 });
}

/** An agent may have put one there, to lead us elsewhere. */
function linkOnTheWay(root: string, path: string): string | undefined {
  for (let step = dirname(path); step.length > root.length; step = dirname(step)) {
    if (lstatSync(step, { throwIfNoEntry: false })?.isSymbolicLink() === true) return step;
  }
  return undefined;
}
