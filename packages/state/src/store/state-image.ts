import type { StateFile, WorkerRecord } from '@ralph/protocol/contract/state-file';
import { inOrder, stateInOrder } from './plain-state.ts';

const RECORD_INDENT = '\n    ';
const RECORD_END = `${RECORD_INDENT}}`;

/** More changed records than this are not put in one by one: then everything is written out anew. */
const MOST_EDITS = 16;

/** Room for records to grow into before the bytes have to move to a larger buffer. */
const SLACK = 1.25;

/**
 * The bytes of the state file for a state, and for those that follow from it: a change of one record among thousands
 * costs the move of the bytes behind it, not the writing out of all the others.
 */
export class StateImage {
  #state: StateFile;
  #buffer: Buffer;
  #length: number;
  #parts: Parts | undefined;

  constructor(state: StateFile) {
    this.#state = state;
    const whole = { ...stateInOrder(state), workers: state.workers.map(inOrder) };
    this.#buffer = Buffer.from(`${JSON.stringify(whole, null, 2)}\n`);
    this.#length = this.#buffer.length;
  }

  /** The file as it is to be written; good until the next call of `advance`. */
  get bytes(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }

  /**
   * Makes this the image of a later state.
   *
   * @returns false when it is too different; this image is then still the one of the former state
   */
  advance(state: StateFile): boolean {
    const edits = changedRecords(this.#state.workers, state.workers);
    const { head, tail } = frame(state);
    if (edits === undefined || head !== frame(this.#state).head) return false;
    const parts = (this.#parts ??= partsOf(this.bytes, head, this.#state.workers.length));
    this.#length = parts.records.reduce((sum, length) => sum + length, parts.head);
    for (const index of edits) this.#put(parts, index, recordText(state.workers[index] as WorkerRecord, index === 0));
    this.#splice(this.#length, 0, tail);
    this.#state = state;
    return true;
  }

  #put({ head, records }: Parts, index: number, text: string): void {
    let offset = head;
    for (let at = 0; at < index; at += 1) offset += records[at] ?? 0;
    records[index] = this.#splice(offset, records[index] ?? 0, text);
  }

  /** Puts a text in the place of some bytes; returns how many it has. */
  #splice(offset: number, removed: number, text: string): number {
    const size = Buffer.byteLength(text);
    const length = this.#length - removed + size;
    if (length > this.#buffer.length) this.#grow(length);
    this.#buffer.copyWithin(offset + size, offset + removed, this.#length);
    this.#buffer.write(text, offset);
    this.#length = length;
    return size;
  }

  #grow(length: number): void {
    const larger = Buffer.allocUnsafe(Math.ceil(length * SLACK));
    this.#buffer.copy(larger, 0, 0, this.#length);
    this.#buffer = larger;
  }
}

interface Parts {
  /** Length of what stands before the first record. */
  readonly head: number;
  /** Length of each record with what separates it from the one before. */
  readonly records: number[];
}

/** Finds the records: no string holds a line break, so that one indented as they are is the end of one. */
function partsOf(bytes: Buffer, head: string, count: number): Parts {
  const parts: Parts = { head: Buffer.byteLength(head), records: [] };
  for (let start = parts.head; parts.records.length < count;) {
    const end = bytes.indexOf(RECORD_END, start) + RECORD_END.length;
    parts.records.push(end - start);
    start = end;
  }
  return parts;
}

/** Returns which records differ or are new at the end; nothing when it is about more than that, or about many. */
function changedRecords(before: readonly WorkerRecord[], after: readonly WorkerRecord[]): number[] | undefined {
  // The first record of all changes what stands around the list.
  if (after.length < before.length || before.length === 0) return undefined;
  const changed: number[] = [];
  for (let index = 0; index < after.length; index += 1) {
    if (after[index] === before[index]) continue;
    if (changed.push(index) > MOST_EDITS) return undefined;
  }
  return changed;
}

function recordText(record: WorkerRecord, isFirst: boolean): string {
  const text = JSON.stringify(inOrder(record), null, 2).replaceAll('\n', RECORD_INDENT);
  return `${isFirst ? '' : ','}${RECORD_INDENT}${text}`;
}

/** Returns what stands before and behind the records: the layout of JSON with an indent of two. */
function frame(state: StateFile): { head: string; tail: string } {
  let [head, tail] = ['', ''];
  let isBehind = false;
  for (const [name, value] of Object.entries(stateInOrder(state))) {
    if (value === undefined) continue;
    const separator = head === '' ? '{\n  ' : ',\n  ';
    if (name === 'workers') {
      isBehind = true;
      head += `${separator}"workers": [`;
      tail = state.workers.length === 0 ? ']' : '\n  ]';
      continue;
    }
    const field = `${separator}${JSON.stringify(name)}: ${JSON.stringify(value, null, 2).replaceAll('\n', '\n  ')}`;
    if (isBehind) tail += field;
    else head += field;
  }
  return { head, tail: `${tail}\n}\n` };
}
