/** A file of the user's main worktree that goes along into each workspace. */
export interface Traveller {
  /** From the root of the repository, with slashes. */
  readonly path: string;
  /** Named by `.worktreeinclude`, which may name folders of tools too. */
  readonly isIncluded: boolean;
}
