import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { lightJson } from '@ralph/protocol/contract/light-json';
import { RALPH_PATHS } from '@ralph/protocol/contract/paths';
import { quotaEntry, type QuotaEntry } from '@ralph/protocol/contract/quota-entry';
import { replaceFile } from '@ralph/protocol/process/durable-file';
import { readTextIfPresent } from '@ralph/protocol/process/read-jsonc';
import { LONGEST_TOLD_PAUSE } from '../run/pause.ts';
import { fileNameOf } from './account.ts';

/** No limit is heeded for longer than a day: a time beyond was written by a clock that went wrong. */
const LONGEST_MS = LONGEST_TOLD_PAUSE * 1000 + 60_000;

/** An entry of the account that the book is about. */
export type NewEntry = Pick<QuotaEntry, 'closed_at' | 'open_at' | 'told' | 'task_id' | 'reason'>;

/**
 * What is known of the limit of one account, on disk, so that every loop of a repository and the next run heed it. It is a
 * cache: one that cannot be read says nothing.
 */
export class QuotaBook {
  readonly path: string;
  readonly account: string;
  #writing: Promise<unknown> = Promise.resolve();

  /** @param root the repository's main worktree, also for a second loop */
  constructor(root: string, account: string) {
    this.account = account;
    this.path = join(root, RALPH_PATHS.quota, fileNameOf(account));
  }

  /**
   * Returns until when no agent of the account is started; nothing when one may be.
   *
   * @param now milliseconds since 1970
   */
  closed(now: number): QuotaEntry | undefined {
    const entry = entryIn(this.path, now);
    return entry?.account === this.account ? entry : undefined;
  }

  /**
   * Writes down that an agent was turned away, unless a later time is known.
   *
   * @throws Failure `disk_full`, `permission`, `io`
   */
  close(entry: NewEntry): Promise<void> {
    const writing = this.#writing.then(async () => {
      const known = this.closed(Date.parse(entry.closed_at));
      if (known !== undefined && Date.parse(known.open_at) >= Date.parse(entry.open_at)) return;
      await replaceFile(this.path, `${JSON.stringify({ account: this.account, ...entry })}\n`);
    });
    this.#writing = writing.catch(() => {});
    return writing;
  }
}

/** Returns the accounts that are closed now, by name; none where nothing is known. */
export function closedAccounts(root: string, now: number): QuotaEntry[] {
  const folder = join(root, RALPH_PATHS.quota);
  try {
    const names = readdirSync(folder).filter((name) => name.endsWith('.json') && !name.startsWith('.'));
    return names.toSorted().flatMap((name) => entryIn(join(folder, name), now) ?? []);
  } catch {
    return [];
  }
}

function entryIn(path: string, now: number): QuotaEntry | undefined {
  try {
    // It is asked for with each task, and hardly ever there.
    if (!existsSync(path)) return undefined;
    const entry = quotaEntry.parse(lightJson(readTextIfPresent(path) ?? 'null'));
    const left = Date.parse(entry.open_at) - now;
    return left > 0 && left <= LONGEST_MS ? entry : undefined;
  } catch {
    return undefined;
  }
}
