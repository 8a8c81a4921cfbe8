import { join } from 'node:path';
import { Failure } from '@ralph/protocol/contract/failure';
import type { Site } from '../site/site.ts';
import { keptFolder } from '../warm/kept-folder.ts';
import type { OpenedWorkspace } from '../workspace/open-workspace.ts';
import { fingerprint } from './fingerprint.ts';
import { ignoredPaths } from './ignored-paths.ts';
import { runSetup, type SetupRun } from './run-setup.ts';
import type { ShareMethod } from './setup-plan.ts';
import { writeSetupRecord, type SetupRecord } from './setup-record.ts';
import { fitsBase, settleSetup, undoSetup } from './settle-setup.ts';
import { giveStored, removePaths, storeSetup } from './setup-store.ts';

/** How a workspace came by what its set-up makes. */
export type SetupOutcome = 'ran' | 'reused' | 'shared';

/** A result of more pieces is made anew each time. */
const MOST_PATHS = 500;
/** Folders that are looked through before and after. */
const MOST_FOLDERS = 20;

/** Results that this process is making: others that want the same wait for it. */
const making = new Map<string, Promise<void>>();

/**
 * Sees to it that a workspace is set up before its agent starts: by what it kept from an earlier task, by a stored
 * result of the same key, or by running the command.
 *
 * @throws Failure `setup_failed`, `cancelled`, `git_failed`, or of the file system
 */
export async function provideSetup(
  site: Site,
  run: SetupRun,
  opened: Pick<OpenedWorkspace, 'setup' | 'setupKey'>,
): Promise<SetupOutcome> {
  const kept = keptFolder(site, run.taskId);
  const { setup, setupKey: key = '' } = opened;
  if (setup !== undefined) {
    writeSetupRecord(kept, setup);
    return 'reused';
  }
  const { share } = run.plan;
  if (share === undefined) {
    await makeResult(run, { kept, key });
    return 'ran';
  }
  const place = { workspace: run.path, method: share, signal: run.signal };
  for (let other = making.get(key); ; other = making.get(key)) {
    await endOrStop(other, run.signal);
    if (run.signal.aborted) throw stopped();
    const given = await giveStored(site, key, place);
    if (given !== undefined && (await fitsBase(run.path, given.paths))) {
      writeSetupRecord(kept, given);
      return 'shared';
    }
    if (given !== undefined) {
      await removePaths(run.path, given.paths);
      await undoSetup(run);
    }
    if (!making.has(key)) break;
  }
  const made = makeResult(run, { kept, key, store: { site, method: share } });
  making.set(key, made);
  try {
    await made;
  } finally {
    making.delete(key);
  }
  return 'ran';
}

/** Waits for the result that another task is making, but no longer than this one may go on. */
async function endOrStop(other: Promise<void> | undefined, signal: AbortSignal): Promise<void> {
  if (other === undefined || signal.aborted) return;
  const listening = new AbortController();
  const stop = new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true, signal: listening.signal });
  });
  try {
    await Promise.race([other.catch(() => {}), stop]);
  } finally {
    listening.abort();
  }
}

function stopped(): Failure {
  return new Failure('cancelled', 'stopped while the workspace was set up');
}

interface Goal {
  readonly kept: string;
  readonly key: string;
  readonly store?: { readonly site: Site; readonly method: ShareMethod };
}

async function makeResult(run: SetupRun, { kept, key, store }: Goal): Promise<void> {
  const { path, taskId, signal } = run;
  const before = await ignoredPaths(path);
  const folders = before.filter((one) => one.endsWith('/'));
  const held = await contentsOf(run, folders);
  try {
    await runSetup(run);
  } catch (error) {
    await undoSetup(run).catch(() => {});
    throw error;
  }
  const excluded = await settleSetup(run);
  const paths = (await ignoredPaths(path)).filter((one) => !before.includes(one));
  // What was added to a folder that had travelled cannot be told apart from what it held.
  const isApart = held !== undefined && held === (await contentsOf(run, folders));
  if (!isApart || paths.length > MOST_PATHS) return;
  const record: SetupRecord = { key, paths, excluded, linked: store?.method === 'link' };
  if (store !== undefined) {
    try {
      await storeSetup(store.site, taskId, record, { workspace: path, method: store.method, signal });
    } catch (error) {
      // The workspace has what it needs; the next one has to make it again.
      run.note(
        `${taskId}: the result of the set-up was not stored: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }
  if (signal.aborted) throw stopped();
  writeSetupRecord(kept, record);
}

/** What stands for all that the folders hold; nothing when there are too many to look, or that failed. */
async function contentsOf({ path, signal }: SetupRun, folders: readonly string[]): Promise<string | undefined> {
  if (folders.length > MOST_FOLDERS) return undefined;
  const prints = await Promise.all(folders.map((folder) => fingerprint(join(path, folder), signal)));
  return prints.includes(undefined) ? undefined : prints.join(' ');
}
