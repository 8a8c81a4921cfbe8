/** Where the commits of an attempt come from. */
export interface Origin {
  /** The tip of the attempt that was looked at. */
  readonly tip: string;
  /** Whether there are commits that are reached from nowhere else. */
  readonly hasOwn: boolean;
  /** Whether there is a merge among those. */
  readonly hasOwnMerges: boolean;
  /** What those stand on. */
  readonly boundary: readonly string[];
}
