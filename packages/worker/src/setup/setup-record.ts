import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lightJson } from '@ralph/protocol/contract/light-json';
import { readTextIfPresent } from '@ralph/protocol/process/read-jsonc';
import * as z from 'zod';

/** What a set-up has made in a workspace. Its file is as old as the end of the set-up: what is newer, others changed. */
const setupRecord = z.looseObject({
  key: z.string().min(1),
  /** Ignored files and folders, relative to the workspace; a folder ends with a slash. */
  paths: z.array(z.string().min(1)),
  /** Lines of the workspace's own exclude file that keep them out of commits. */
  excluded: z.array(z.string()),
  /** Whether their files are shared with other workspaces by hard links. */
  linked: z.boolean(),
});

export type SetupRecord = z.infer<typeof setupRecord>;

const NAME = 'setup.json';

/** Returns the file of a kept folder that holds the record of its set-up. */
export function setupRecordPath(keptFolder: string): string {
  return join(keptFolder, NAME);
}

/** Writes down what a set-up has made. To be called when it has ended and nobody else has worked there yet. */
export function writeSetupRecord(keptFolder: string, record: SetupRecord): void {
  writeFileSync(setupRecordPath(keptFolder), `${JSON.stringify(record)}\n`);
}

/** Reads what a set-up has made; nothing when none is written down so that it can be read. */
export function readSetupRecord(keptFolder: string): SetupRecord | undefined {
  try {
    if (!readdirSync(keptFolder).includes(NAME)) return undefined;
    const value: unknown = lightJson(readTextIfPresent(setupRecordPath(keptFolder)) ?? 'null');
    return setupRecord.safeParse(value).data;
  } catch {
    return undefined;
  }
}
