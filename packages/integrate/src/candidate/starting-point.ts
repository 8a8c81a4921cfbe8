/** What is known of a workspace before its integration begins. */
export interface Findings {
  readonly head: string;
  /** Tip of the attempt, as it was parked in the main repository. */
  readonly tip: string;
  /** What an earlier integration of ours wrote down: the tip it began from and, when it got that far, what it made. */
  readonly record: { readonly tip: string; readonly head: string | null } | undefined;
  /** Whether HEAD is part of the target branch: it holds no work that has not landed. Not asked when it is the tip. */
  readonly onTarget: boolean;
  /** Whether the workspace was kept for a person. */
  readonly wasBlocked: boolean;
}

/**
 * Where to begin:
 * - `tip`: from the parked tip; nothing else is there, or only what has landed or what an earlier integration of ours made
 *   of it
 * - `adopt`: a person has worked in a blocked workspace; HEAD becomes the tip
 * - `stray`: HEAD is of unknown origin: keep it elsewhere, then begin from the tip
 */
export type StartingPoint = 'tip' | 'adopt' | 'stray';

export function startingPoint({ head, tip, record, onTarget, wasBlocked }: Findings): StartingPoint {
  if (head === tip || onTarget) return 'tip';
  if (wasBlocked) return 'adopt';
  const ours = record?.tip === tip && (record.head === null || record.head === head);
  return ours ? 'tip' : 'stray';
}
