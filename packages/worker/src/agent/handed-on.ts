import { closeSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Phase } from '@ralph/protocol/contract/phases';
import { linkOnTheWay, makeAnew, plainText } from '@ralph/protocol/process/workspace-file';
import { planFile, summaryFile } from '../prompt/render-prompt.ts';

/** What is longer is no plan. */
const MOST_BYTES = 2 ** 20;

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
  const written = plainText(file, MOST_BYTES);
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

function writeAnew(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  closeSync(makeAnew(path, text, 0o600));
}
