/** How things stand on the disk of the workspaces, in bytes. */
export interface Room {
  /** What the new workspace takes; 0 when nobody knows. */
  readonly need: number;
  /** What workspaces that are being made now will take. */
  readonly reserved: number;
  readonly free: number;
  /** What must stay free. */
  readonly minFree: number;
  /** What the workspaces take, and may take; nothing without a quota. */
  readonly quota: { readonly used: number; readonly limit: number } | undefined;
}

export type RoomVerdict = 'enough' | 'disk_full' | 'workspace_quota';

/** Decides whether a workspace may be made. */
export function judgeRoom({ need, reserved, free, minFree, quota }: Room): RoomVerdict {
  if (free < need + reserved + minFree) return 'disk_full';
  if (quota !== undefined && quota.used + need + reserved > quota.limit) return 'workspace_quota';
  return 'enough';
}
