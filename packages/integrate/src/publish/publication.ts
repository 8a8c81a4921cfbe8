import { join } from 'node:path';
import { lightJson } from '@ralph/protocol/contract/light-json';
import * as z from 'zod';
import { RALPH_PATHS } from '@ralph/protocol/contract/paths';
import { replaceFile } from '@ralph/protocol/process/durable-file';
import { readTextIfPresent } from '@ralph/protocol/process/read-jsonc';
import type { Candidate } from '../candidate/candidate.ts';

/** More of them are of no use: a branch is replaced when its predecessor is known. */
const MOST_SENT = 50;

const publication = z.object({
  attempt: z.int().min(1),
  /** The attempt's own tip that it was made of. */
  tip: z.string(),
  /** What was made of it for the branch; it is there when the remote says so. */
  commit: z.string(),
  /** The commit of the target branch that it stands on. */
  base: z.string(),
  /** Everything that was ever sent to the branch of the task, by any attempt. */
  sent: z.array(z.string()),
  /** The commit for which the command of the pull request ended well. */
  opened: z.string().optional(),
  answer: z.string().optional(),
});

/**
 * What was last published of a task. It stands in the main repository, since an agent may write anything in its
 * workspace, and outlives that.
 */
export type Publication = z.infer<typeof publication>;

/** Returns what was last published of a task, by any attempt; nothing when there is no such thing that can be read. */
export function readPublication(root: string, taskId: string): Publication | undefined {
  const text = readTextIfPresent(publicationPath(root, taskId));
  if (text === undefined) return undefined;
  try {
    return publication.safeParse(lightJson(text)).data;
  } catch {
    return undefined;
  }
}

/** Writes down what is published; before it is sent, so that it is known as ours whatever happens. */
export async function writePublication(root: string, { taskId }: Candidate, what: Publication): Promise<void> {
  const sent = [...new Set([...what.sent.filter((commit) => commit !== what.commit), what.commit])].slice(-MOST_SENT);
  await replaceFile(publicationPath(root, taskId), `${JSON.stringify({ ...what, sent })}\n`);
}

function publicationPath(root: string, taskId: string): string {
  return join(root, RALPH_PATHS.published, `${taskId}.json`);
}
