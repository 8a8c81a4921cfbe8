/** What was found in a workspace after a resolver had ended well. */
export interface Evidence {
  /** Files in conflict still. */
  readonly unmerged: readonly string[];
  /** Files in which a conflict marker is left. */
  readonly marked: readonly string[];
  /** Tracked files with edits that are in no commit. */
  readonly edited: readonly string[];
  /** Whether the work stands on the commit of the target that it was to stand on. */
  readonly isOnTarget: boolean;
  /** Whether it differs from that commit at all. */
  readonly isEmpty: boolean;
  /** Whether it is the very same that was red. */
  readonly isUnchanged: boolean;
  /** Files that the task has changed, and that are now as the target has them. */
  readonly dropped: readonly string[];
}

/** Returns why a remedy counts for nothing; nothing when it is proven. */
export function whyRefused(evidence: Evidence): string | undefined {
  const { unmerged, marked, edited, dropped } = evidence;
  if (unmerged.length > 0) return `files are still in conflict: ${some(unmerged)}`;
  if (marked.length > 0) return `conflict markers are left in ${some(marked)}`;
  if (!evidence.isOnTarget) return 'the work does not stand on the target';
  if (edited.length > 0) return `edits are in no commit: ${some(edited)}`;
  if (evidence.isEmpty) return 'nothing is left of the change of the task';
  if (evidence.isUnchanged) return 'nothing was changed';
  if (dropped.length > 0) return `the change of the task is gone from ${some(dropped)}`;
  return undefined;
}

const MOST_NAMED = 5;

function some(files: readonly string[]): string {
  const more = files.length - MOST_NAMED;
  return `${files.slice(0, MOST_NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

export interface Changes {
  /** Files that the task has changed. */
  readonly byTask: ReadonlySet<string>;
  /** Files in which what the task made and the target differ. */
  readonly taskFromTarget: ReadonlySet<string>;
  /** Files in which the result and the target differ. */
  readonly resultFromTarget: ReadonlySet<string>;
  /** Pairs of names that one file has had, of the task's renames and of the target's. */
  readonly renames: readonly (readonly [string, string])[];
}

/**
 * Returns the files whose change by the task is in the result no more: neither in the file nor where it, or the file
 * that it comes from, has been moved. Where the target has the very same already, nothing has to be seen.
 */
export function droppedFiles({ byTask, taskFromTarget, resultFromTarget, renames }: Changes): string[] {
  return [...byTask].filter(
    (file) => taskFromTarget.has(file) && !placesOf(file, renames).some((place) => resultFromTarget.has(place)),
  );
}

/** Returns every name that a file has had, itself first. */
export function placesOf(file: string, renames: Changes['renames']): string[] {
  const places = new Set([file]);
  // A set may grow while it is walked.
  for (const place of places) {
    for (const [from, to] of renames) {
      if (from === place) places.add(to);
      if (to === place) places.add(from);
    }
  }
  return [...places];
}

/**
 * Tells whether something of the lines that a task has added to a file has survived: one that says anything and that the
 * target did not have. When there was no such line, nothing can be missed.
 */
export function hasSurvivor(
  added: readonly string[],
  target: ReadonlySet<string>,
  result: ReadonlySet<string>,
): boolean {
  const own = added.map((line) => line.trim()).filter((line) => line !== '' && !target.has(line));
  return own.length === 0 || own.some((line) => result.has(line));
}
