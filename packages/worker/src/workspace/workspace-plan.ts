import type { Origin } from '../site/origin.ts';
import type { Traveller } from '../travel/traveller.ts';
import type { WorkspaceMarker } from './workspace-marker.ts';

/** What a workspace is made for, and from what. */
export interface WorkspacePlan {
  readonly taskId: string;
  readonly attempt: number;
  readonly path: string;
  readonly branch: string;
  readonly baseCommit: string;
  readonly origin: Origin;
  readonly travellers: readonly Traveller[];
  readonly signal: AbortSignal;
  readonly phase: WorkspaceMarker['phase'];
  readonly reuse: ReusePolicy;
  /** The key of the set-up that is wanted; nothing without one. */
  readonly setupKey: string | undefined;
  /** Settles when the attempt is recorded; before that, the workspace is not put in its place. */
  readonly recorded: Promise<void>;
}

/** Which workspaces are reused, and how much of them. */
export interface ReusePolicy {
  /** How many removed workspaces are kept warm under the root. */
  readonly limit: number;
  /** Whether a new one is made from nothing. */
  readonly fresh: boolean;
  /** Whether ignored files stay in a workspace that is reused. */
  readonly keepIgnored: boolean;
  /** Whether no file in it may be that of another place under another name. */
  readonly apart: boolean;
}
