import { Failure, isFailure } from '@ralph/protocol/contract/failure';
import { STATE_SCHEMA_VERSION } from '@ralph/protocol/contract/lifecycle';
import { stateFile, type StateFile } from '@ralph/protocol/contract/state-file';
import type { Node } from 'jsonc-parser';
import { emptyState, parseState } from '../store/state-document.ts';
import type { Finding } from './finding.ts';
import { withoutTwins } from './record-repair.ts';
import { recordNodes, recordsOf, topFields } from './state-parts.ts';
import { propertiesOf, stateSource, type StateSource } from './state-source.ts';

export interface StateMend {
  readonly findings: readonly Finding[];
  /** What the file is to say; absent when nothing is to be changed. */
  readonly state: StateFile | undefined;
}

/**
 * Says what is wrong with the text of a state file and what it is to become. What can be read is kept; the revision
 * grows. Pure, but for the loading of the parser.
 *
 * @throws Failure `state_newer`
 */
export async function mendState(
  damaged: { readonly text: string; readonly isWhole: boolean } | undefined,
  path: string,
  now: Date,
): Promise<StateMend> {
  if (damaged === undefined) return { findings: [], state: undefined };
  const { text, isWhole } = damaged;
  const refusal = isWhole ? await refusalOf(text, path) : 'holds bytes that are no UTF-8';
  if (refusal === undefined) return { findings: [], state: undefined };
  const source = await stateSource(text);
  const { root } = source;
  if (root === undefined) return { findings: [notAnObject(path, source)], state: unknownPast(now) };
  const findings: Finding[] = [];
  const report = (finding: Omit<Finding, 'file' | 'mendable'>) =>
    findings.push({ ...finding, file: path, mendable: true });
  const top = topFields(root, source, report);
  requireKnownVersion(top['schema_version'], path);
  const found = Number(top['schema_version'] ?? STATE_SCHEMA_VERSION) < STATE_SCHEMA_VERSION ? [] : recordNodes(root);
  const mended = found.flatMap((node) => recordsOf(node, source, now, report));
  const { records, dropped } = withoutTwins(mended.map(({ record }) => record));
  for (const { index, taskId, attempt, kept } of dropped) {
    const at = mended[index]?.at;
    const problem = `attempt ${attempt} of a task with a record of attempt ${kept}`;
    report({ code: 'record_twice', at, taskId, problem, action: 'the record is dropped' });
  }
  const { fault } = source;
  if (fault !== undefined || findings.length === 0) {
    const action = `${records.length} whole records are kept, the rest is dropped`;
    const problem = fault === undefined ? refusal : `cannot be read from here on: ${fault.what}`;
    findings.unshift({ code: 'state_torn', file: path, at: fault?.at, problem, action, mendable: true });
  }
  const revision = nextRevision(top['revision'], root, source, now);
  const base = unknownPast(now);
  const state = { ...base, ...top, schema_version: STATE_SCHEMA_VERSION, workers: records, revision };
  return { findings, state: stateFile.parse(state) };
}

/** Says why a text cannot stay as it is; nothing when it can. */
async function refusalOf(text: string, path: string): Promise<string | undefined> {
  try {
    const { workers } = await parseState(text, path);
    return withoutTwins(workers).dropped.length === 0 ? undefined : 'several records of one task';
  } catch (error) {
    if (!isFailure(error) || error.code !== 'state_corrupt') throw error;
    return error.message;
  }
}

function notAnObject(path: string, { fault }: StateSource): Finding {
  return {
    code: 'state_not_an_object',
    file: path,
    at: fault?.at,
    problem: 'is no JSON object, nor the beginning of one',
    action: 'an empty state without target branch takes its place',
    mendable: true,
  };
}

/** A state of which nothing is known, the number of its changes neither. */
function unknownPast(now: Date): StateFile {
  return { ...emptyState('', now.toISOString()), revision: now.getTime() };
}

function requireKnownVersion(version: unknown, path: string): void {
  if (typeof version !== 'number' || version <= STATE_SCHEMA_VERSION) return;
  throw new Failure(
    'state_newer',
    `${path} has schema version ${version}, this program knows ${STATE_SCHEMA_VERSION}`,
    {
      hint: 'use the newer program that wrote it; the file was left as it is',
      details: { path, schema_version: version },
    },
  );
}

/**
 * Nobody may take the new state for an earlier one. Where the number of changes is lost, or stood in a torn file and may
 * be a part of itself, it goes on from the time in milliseconds: so many changes has no state seen.
 */
function nextRevision(known: unknown, root: Node, { fault }: StateSource, now: Date): number {
  const next = typeof known === 'number' ? known + 1 : 1;
  const isSure = fault === undefined && (typeof known === 'number' || !propertiesOf(root).has('revision'));
  return isSure ? next : Math.max(next, now.getTime());
}
