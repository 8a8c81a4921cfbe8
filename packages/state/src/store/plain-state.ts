import { LIFECYCLES, STATE_SCHEMA_VERSION } from '@ralph/protocol/contract/lifecycle';
import type { ProcessIdentity, StateFile, WorkerRecord } from '@ralph/protocol/contract/state-file';

type Check = (value: unknown) => boolean;
type Fields = Readonly<Record<string, { readonly check: Check; readonly optional: boolean }>>;
type KnownFields<T> = { readonly [K in keyof T as string extends K ? never : K]-?: Fields[string] };

const must = (check: Check) => ({ check, optional: false });
const may = (check: Check) => ({ check, optional: true });

const isString: Check = (value) => typeof value === 'string';
const isStringOrNull: Check = (value) => value === null || isString(value);
const isName: Check = (value) => isString(value) && value !== '';
const isCommit: Check = (value) => typeof value === 'string' && /^[0-9a-f]{40,64}$/.test(value);
const isLifecycle: Check = (value) => (LIFECYCLES as readonly unknown[]).includes(value);
const isWhole =
  (least: number): Check =>
  (value) =>
    Number.isSafeInteger(value) && (value as number) >= least;

const IDENTITY_FIELDS = {
  pid: must(isWhole(1)),
  start_time: must(isString),
  boot_id: must(isString),
} as const satisfies KnownFields<ProcessIdentity>;

const RECORD_FIELDS = {
  task_id: must(isName),
  workspace_path: must(isString),
  lifecycle: must(isLifecycle),
  started_at: must(isString),
  completed_at: may(isStringOrNull),
  push_attempts: must(isWhole(0)),
  last_error: may(isStringOrNull),
  title: may(isString),
  attempt: may(isWhole(1)),
  identity: may((value) => hasFields(value, IDENTITY_FIELDS)),
  target_branch: may(isString),
  base_commit: may(isCommit),
  head_commit: may(isCommit),
  pushed_commit: may(isCommit),
  log_path: may(isString),
  error_code: may(isString),
  salvage_ref: may(isString),
  next_command: may(isString),
  land_command: may(isString),
  retry_requested_at: may(isString),
  retry_fresh: may((value) => typeof value === 'boolean'),
  followups: may((value) => Array.isArray(value) && value.every((each) => hasFields(each, {}))),
  failed_attempt: may(isWhole(1)),
  failures: may(isWhole(0)),
} as const satisfies KnownFields<WorkerRecord>;

const STATE_FIELDS = {
  schema_version: must((value) => value === STATE_SCHEMA_VERSION),
  started_at: must(isString),
  target_branch: must(isString),
  workers: must((value) => Array.isArray(value) && value.every((record) => hasFields(record, RECORD_FIELDS))),
  revision: may(isWhole(0)),
} as const satisfies KnownFields<StateFile>;

/**
 * Tells whether a value is a state that its schema would take as it is. The schema itself decides about everything else,
 * with its defaults and its messages; to load it costs a reading command a fifth of its time. Its fields and these are
 * held together by a test.
 */
export function isPlainState(value: unknown): value is StateFile {
  return hasFields(value, STATE_FIELDS);
}

/** Returns a record with its fields in the order of the schema, unknown ones last. */
export function inOrder(record: WorkerRecord): Readonly<Record<string, unknown>> {
  const ordered = orderedBy(RECORD_FIELDS, record);
  const identity = record.identity === undefined ? undefined : orderedBy(IDENTITY_FIELDS, record.identity);
  return identity === record.identity ? ordered : { ...ordered, identity };
}

/** Returns the fields of a state in the order of the schema, unknown ones last; its records are left as they are. */
export function stateInOrder(state: StateFile): Readonly<Record<string, unknown>> {
  return orderedBy(STATE_FIELDS, state);
}

function hasFields(value: unknown, fields: Fields): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const object = value as Readonly<Record<string, unknown>>;
  for (const name in fields) {
    const field = fields[name];
    if (field === undefined) continue;
    const held = object[name];
    if (held === undefined ? !field.optional : !field.check(held)) return false;
  }
  return true;
}

type Fieldful = Readonly<Record<string, unknown>>;

/** Returns the very object when it is in order, as almost every one is that was read. */
function orderedBy(fields: Fields, object: Fieldful): Fieldful {
  if (isOrderedBy(fields, object)) return object;
  const ordered: Record<string, unknown> = {};
  for (const name in fields) if (object[name] !== undefined) ordered[name] = object[name];
  for (const name of Object.keys(object)) if (!Object.hasOwn(fields, name)) ordered[name] = object[name];
  return ordered;
}

function isOrderedBy(fields: Fields, object: Fieldful): boolean {
  const places = placesOf(fields);
  let last = -1;
  for (const name in object) {
    const place = places.get(name) ?? places.size;
    if (place < last) return false;
    last = place;
  }
  return true;
}

const PLACES = new WeakMap<Fields, ReadonlyMap<string, number>>();

function placesOf(fields: Fields): ReadonlyMap<string, number> {
  let places = PLACES.get(fields);
  if (places === undefined) {
    places = new Map(Object.keys(fields).map((name, index) => [name, index]));
    PLACES.set(fields, places);
  }
  return places;
}
