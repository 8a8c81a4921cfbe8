import { isSafeTaskId } from '@ralph/protocol/contract/task-id';

const NUMBERED = /^(.+-)(\d+)$/;

/**
 * Returns the next free task id: one above the highest number that is in use, with the prefix and the width of the id
 * that has it.
 *
 * @param ids every id in use, whether numbered or not
 */
export function nextTaskId(ids: readonly string[]): string {
  return freeTaskIds(ids)();
}

/** Returns what gives the free ids one after the other, as `nextTaskId` gives the first. */
export function freeTaskIds(ids: readonly string[]): () => string {
  let prefix = 'RQ-';
  let width = 4;
  let highest = 0;
  for (const id of ids) {
    const [, name, digits] = NUMBERED.exec(id) ?? [];
    const number = Number(digits);
    if (name === undefined || digits === undefined || !Number.isSafeInteger(number) || number <= highest) continue;
    // The id of a broken task must not become the pattern of sound ones.
    if (!isSafeTaskId(id)) continue;
    prefix = name;
    width = digits.length;
    highest = number;
  }
  return () => {
    highest += 1;
    return `${prefix}${String(highest).padStart(width, '0')}`;
  };
}
