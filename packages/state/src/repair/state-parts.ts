import { stateFile, type WorkerRecord } from '@ralph/protocol/contract/state-file';
import type { Node } from 'jsonc-parser';
import type { TextPosition } from '../store/text-position.ts';
import type { Finding } from './finding.ts';
import { mendRecord } from './record-repair.ts';
import { propertiesOf, refusedValues, valueOf, type RefusedValue, type StateSource } from './state-source.ts';

const WITHOUT_WORKERS = stateFile.omit({ workers: true });

/** The records are mended one by one; the other key is refused when a file is read. */
const APART = new Set(['workers', '__proto__']);

function refusal({ what }: RefusedValue) {
  return {
    code: 'record_bad_field',
    problem: `${what}, which is refused when a file is read`,
    action: 'it is dropped',
  } as const;
}

/** Takes what was found to be wrong; all of it can be mended. */
export type Report = (finding: Omit<Finding, 'file' | 'mendable'>) => void;

/** Returns the sound fields of a state file, but for the records. */
export function topFields(root: Node, source: StateSource, report: Report): Record<string, unknown> {
  const nodes = [...propertiesOf(root)].filter(([key, node]) => !APART.has(key) && source.isWhole(node));
  const fields = Object.fromEntries(nodes.map(([key, node]) => [key, valueOf(node)]));
  for (const refused of (root.children ?? []).filter(isNotWorkers).flatMap((node) => refusedValues(node))) {
    report({ ...refusal(refused), code: 'state_bad_field', at: source.at(refused.node) });
  }
  const drop = (key: string, problem: string) => {
    const node = propertiesOf(root).get(key);
    const at = node === undefined ? undefined : source.at(node);
    report({ code: 'state_bad_field', at, problem: `${key}: ${problem}`, action: 'the field is dropped' });
  };
  const workers = propertiesOf(root).get('workers');
  if (workers !== undefined && workers.type !== 'array' && source.isWhole(workers)) drop('workers', 'is no list');
  const parsed = WITHOUT_WORKERS.safeParse(fields);
  if (parsed.success) return fields;
  for (const { path, message } of parsed.error.issues) {
    const key = String(path[0]);
    if (!Object.hasOwn(fields, key)) continue;
    delete fields[key];
    drop(key, message);
  }
  return fields;
}

function isNotWorkers({ children }: Node): boolean {
  return children?.[0]?.value !== 'workers';
}

/** Returns the nodes of `workers`, wherever a fault has put them. */
export function recordNodes(root: Node): readonly Node[] {
  return (root.children ?? []).flatMap(({ children }) => {
    const [key, value] = children ?? [];
    return key?.value === 'workers' && value?.type === 'array' ? (value.children ?? []) : [];
  });
}

/** A record that is sound now, and where it stood. */
export interface FoundRecord {
  readonly record: WorkerRecord;
  readonly at: TextPosition;
  readonly node: Node;
}

/** Returns the records that can be made of an element of `workers`. */
export function recordsOf(node: Node, source: StateSource, now: Date, report: Report): FoundRecord[] {
  if (source.isWhole(node)) return soundRecord(node, source, now, report);
  const [problem, action] = ['a record that is not whole', 'the record is dropped'];
  // Anything else is what is left of one, which is told once.
  if (node.type === 'object') report({ code: 'record_torn', at: source.at(node), problem, action });
  return source.recordsWithin(node).flatMap((inner) => soundRecord(inner, source, now, report));
}

/** Returns the record that can be made of an object that is whole by itself. */
export function soundRecord(node: Node, source: StateSource, now: Date, report: Report): FoundRecord[] {
  const at = source.at(node);
  const { record, faults } = mendRecord(valueOf(node), now);
  for (const refused of refusedValues(node))
    report({ ...refusal(refused), at: source.at(refused.node), taskId: record?.task_id });
  for (const { field, ...fault } of faults) {
    const place = field === undefined ? undefined : propertiesOf(node).get(field);
    report({ ...fault, at: place === undefined ? at : source.at(place), taskId: record?.task_id });
  }
  return record === undefined ? [] : [{ record, at, node }];
}
