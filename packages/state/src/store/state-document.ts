import { Failure } from '@ralph/protocol/contract/failure';
import {
  STATE_SCHEMA_VERSION,
  stateFile,
  workerRecord,
  type StateFile,
  type WorkerRecord,
} from '@ralph/protocol/contract/state-file';
import * as z from 'zod';
import { checkDocument, parseDocument } from './read-document.ts';

const versioned = z.looseObject({ schema_version: z.int().min(0).default(1), started_at: z.string().default('') });

/** Returns a state without records. */
export function emptyState(targetBranch: string, startedAt: string): StateFile {
  return { schema_version: STATE_SCHEMA_VERSION, started_at: startedAt, target_branch: targetBranch, workers: [] };
}

/**
 * Reads the text of a state file. Versions before 3 keep nothing but their start time, as in ralph-agent-loop 0.4
 * (its migration): their records mean something else.
 *
 * @throws Failure `state_newer` for a version that we do not know, `state_corrupt` with the position
 */
export async function parseState(text: string, path: string): Promise<StateFile> {
  const source = { text, path, code: 'state_corrupt' } as const;
  const value = await parseDocument(text, path, source.code);
  const { schema_version: version, started_at: startedAt } = await checkDocument(versioned, value, source);
  if (version > STATE_SCHEMA_VERSION) {
    throw new Failure(
      'state_newer',
      `${path} has schema version ${version}, this program knows ${STATE_SCHEMA_VERSION}`,
      {
        hint: 'use the newer program that wrote it; the file was left as it is',
        details: { path, schema_version: version },
      },
    );
  }
  if (version < STATE_SCHEMA_VERSION) return emptyState('', startedAt);
  return checkDocument(stateFile, value, source);
}

/** Returns the text of a state file: fields in the order of ralph-agent-loop's, then ours, then unknown ones. */
export function serialiseState(state: StateFile): string {
  return `${JSON.stringify(stateFile.parse(state), null, 2)}\n`;
}

/** Tells whether two records say the same, whatever the order of their fields. */
export function isSameRecord(a: WorkerRecord, b: WorkerRecord): boolean {
  return JSON.stringify(workerRecord.parse(a)) === JSON.stringify(workerRecord.parse(b));
}

/** Returns how many changes a state has seen. */
export function revisionOf(state: StateFile | undefined): number {
  return state?.revision ?? 0;
}
