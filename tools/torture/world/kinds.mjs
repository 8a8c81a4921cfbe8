// What a task of a generated queue is like. Its agent acts by it, and the checks know by it how the task may end.

/**
 * Ends that a kind allows once nothing disturbs it any more.
 *
 * @typedef {'landed' | 'blocked' | 'failed' | 'waiting'} End
 */

/** @type {Record<string, { ends: readonly End[], usual?: boolean }>} */
export const KINDS = {
  edit: { ends: ['landed'], usual: true },
  slow: { ends: ['landed'], usual: true },
  shared: { ends: ['landed'], usual: true },
  committing: { ends: ['landed'], usual: true },
  binary: { ends: ['landed'] },
  dependent: { ends: ['landed'] },
  stubborn: { ends: ['landed', 'blocked'] },
  red: { ends: ['landed'] },
  hopeless: { ends: ['blocked'] },
  'failing once': { ends: ['landed'] },
  failing: { ends: ['failed'] },
  unreachable: { ends: ['waiting'] },
  'hanging once': { ends: ['landed'] },
  hanging: { ends: ['failed'] },
  forking: { ends: ['landed'] },
  flooding: { ends: ['landed'] },
  deleting: { ends: ['landed'] },
  'without index': { ends: ['landed', 'failed'] },
  'without git': { ends: ['failed'] },
  'without workspace': { ends: ['failed'] },
  secret: { ends: ['failed'] },
  'secret left': { ends: ['landed'] },
  'half a rebase': { ends: ['landed', 'failed', 'blocked'] },
};

/** Returns the ends that are allowed for a task of a kind. */
export function endsOf(kind) {
  return KINDS[kind].ends;
}
