import { Failure } from '@ralph/protocol/contract/failure';
import { STATE_SCHEMA_VERSION } from '@ralph/protocol/contract/lifecycle';
import { stateFile, type StateFile } from '@ralph/protocol/contract/state-file';
import * as z from 'zod';
import { checkDocument } from './check-document.ts';

const versioned = z.looseObject({ schema_version: z.int().min(0).default(1) });

/**
 * Checks a value that is no plain state of this version: fills in what may be missing, and takes over versions before 3
 * without their records, as ralph-agent-loop 0.4 does (its migration), since those mean something else.
 *
 * @throws Failure `state_newer` for a version that we do not know, `state_corrupt` with the position
 */
export async function checkedState(value: unknown, text: string, path: string): Promise<StateFile> {
  const source = { text, path, code: 'state_corrupt' } as const;
  const known = await checkDocument(versioned, value, source);
  const { schema_version: version } = known;
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
  const current =
    version < STATE_SCHEMA_VERSION ? { ...known, schema_version: STATE_SCHEMA_VERSION, workers: [] } : value;
  return checkDocument(stateFile, current, source);
}
