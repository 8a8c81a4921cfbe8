import { commandLine } from '@ralph/protocol/cli/shell-words';
import { Failure, isFailure } from '@ralph/protocol/contract/failure';
import { heavyJson, MOST_FILE_VALUES } from '@ralph/protocol/contract/light-json';
import { STATE_SCHEMA_VERSION } from '@ralph/protocol/contract/lifecycle';
import { stateFile, type StateFile } from '@ralph/protocol/contract/state-file';
import type { Node } from 'jsonc-parser';
import { mayBeInexact, requireExact } from '../store/exact-numbers.ts';
import { emptyState, parseState } from '../store/state-document.ts';
import type { Finding } from './finding.ts';
import { withoutTwins } from './record-repair.ts';
import { recordNodes, recordsOf, soundRecord, topFields } from './state-parts.ts';
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
 * @throws Failure `state_newer`, `file_too_large`, or `state_inexact` where a number would come out as another one
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
  requireLight(text, path);
  const source = await stateSource(text);
  const { root = NOTHING, fault } = source;
  const lying = fault === undefined && source.root !== undefined ? [] : source.recordsWithin();
  if (source.root === undefined && lying.length === 0) {
    return { findings: [notAnObject(path, source)], state: unknownPast(now) };
  }
  const findings: Finding[] = [];
  const report = (finding: Omit<Finding, 'file' | 'mendable'>) =>
    findings.push({ ...finding, file: path, mendable: true });
  const top = topFields(root, source, report);
  const version = top['schema_version'] ?? (fault === undefined ? undefined : source.version);
  requireKnownVersion(version, path);
  const isOld = Number(version ?? STATE_SCHEMA_VERSION) < STATE_SCHEMA_VERSION;
  const listed = isOld ? [] : recordNodes(root).flatMap((node) => recordsOf(node, source, now, report));
  // Behind a fault the parser may take the whole list for something else.
  const known = new Set(listed.map(({ node }) => node.offset));
  const isListed = (node: Node) => known.has(node.offset) || listed.some((each) => isWithin(node, each.node));
  const others = isOld ? [] : lying.filter((node) => !isListed(node));
  const mended = [...listed, ...others.flatMap((node) => soundRecord(node, source, now, report))].toSorted(
    (a, b) => a.node.offset - b.node.offset,
  );
  const { records, dropped } = withoutTwins(mended.map(({ record }) => record));
  for (const { index, taskId, attempt, kept } of dropped) {
    const at = mended[index]?.at;
    const problem = `attempt ${attempt} of a task with a record of attempt ${kept}`;
    report({ code: 'record_twice', at, taskId, problem, action: 'the record is dropped' });
  }
  if (fault !== undefined || findings.length === 0) {
    const action = `${records.length} whole records are kept, the rest is dropped`;
    const problem = fault === undefined ? refusal : `cannot be read from here on: ${fault.what}`;
    findings.unshift({ code: 'state_torn', file: path, at: fault?.at, problem, action, mendable: true });
  }
  const revision = nextRevision(top['revision'], root, source, now);
  const base = unknownPast(now);
  const state = { ...base, ...top, schema_version: STATE_SCHEMA_VERSION, workers: records, revision };
  if (mayBeInexact(state)) await requireExact(text, path);
  return { findings, state: stateFile.parse(state) };
}

/** What the parser makes of a value takes hundreds of bytes; a repair says something about each. */
function requireLight(text: string, path: string): void {
  const problem = heavyJson(text, MOST_FILE_VALUES);
  if (problem?.startsWith('more') !== true) return;
  throw new Failure('file_too_large', `${path} has ${problem}`, {
    hint: commandLine(['mv', path, `${path}.aside`]),
    details: { path },
  });
}

/** A text in which nothing is an object; its records may lie in it all the same. */
const NOTHING: Node = { type: 'object', offset: 0, length: 0 };

function isWithin(node: Node, other: Node): boolean {
  return node.offset >= other.offset && node.offset < other.offset + other.length;
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
  if (!Number.isSafeInteger(next)) return now.getTime();
  return isSure ? next : Math.max(next, now.getTime());
}
