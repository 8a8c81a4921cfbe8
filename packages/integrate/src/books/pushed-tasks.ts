import { join } from 'node:path';
import * as z from 'zod';
import { Failure } from '@ralph/protocol/contract/failure';
import { RALPH_PATHS } from '@ralph/protocol/contract/paths';
import { git, tryGit } from '@ralph/protocol/process/git';
import { parseJsonc, readTextIfPresent } from '@ralph/protocol/process/read-jsonc';
import { trackedFiles } from './known-books.ts';

/** No more ids than this are named. */
const MOST_NAMED = 5;

/** Only what is looked at; whether the rest is right is for ralph-state to say. */
const listed = z.looseObject({
  tasks: z.array(z.looseObject({ id: z.string(), status: z.string().optional() }).catch({ id: '' })).catch([]),
});

type Listed = z.infer<typeof listed>['tasks'][number];

/**
 * Makes sure that the tasks of a tracked queue are known on the target branch: their move to done could not be part of
 * what lands, and their agents would work in vain.
 *
 * @param target the target branch as people write it
 * @throws Failure `queue_invalid`
 */
export async function requirePushedTasks(root: string, target: string, commit: string): Promise<void> {
  const path = join(root, RALPH_PATHS.queue);
  const queued = (await tasksIn(readTextIfPresent(path), path)).filter(isToBeDone);
  if (queued.length === 0) return;
  const known = new Set<string>();
  for (const name of await trackedFiles(root, commit)) {
    const text = await git(['show', `${commit}:${name}`], { cwd: root });
    for (const { id } of await tasksIn(text, `${target}:${name}`)) known.add(id);
  }
  const missing = queued.flatMap(({ id }) => (known.has(id) ? [] : [id]));
  if (missing.length === 0) return;
  throw new Failure('queue_invalid', `${named(missing)} in your queue, but not in ${target}'s`, {
    hint: await publishing(root),
  });
}

async function tasksIn(text: string | undefined, path: string): Promise<Listed[]> {
  if (text === undefined) return [];
  const parsed = listed.safeParse(await parseJsonc(text, path, 'queue_invalid'));
  return parsed.success ? parsed.data.tasks.filter(({ id }) => id !== '') : [];
}

function isToBeDone({ status }: Listed): boolean {
  return status === undefined || status === 'todo' || status === 'doing';
}

function named(ids: readonly string[]): string {
  const shown = ids.slice(0, MOST_NAMED).join(', ');
  const more = ids.length - MOST_NAMED;
  return `${shown}${more > 0 ? ` and ${more} more` : ''} ${ids.length === 1 ? 'stands' : 'stand'}`;
}

/** A queue that is committed already has only to be pushed; a second commit would be refused as empty. */
async function publishing(root: string): Promise<string> {
  const committed = await tryGit(['diff', '--quiet', 'HEAD', '--', RALPH_PATHS.queue], { cwd: root });
  return committed.exitCode === 0 ? 'git push' : `git add ${RALPH_PATHS.queue} && git commit -m "queue" && git push`;
}
