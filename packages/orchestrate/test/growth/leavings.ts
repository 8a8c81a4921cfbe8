import { lstatSync, readdirSync, type Dirent } from 'node:fs';
import { join } from 'node:path';
import { makerOfGroup } from '@ralph/protocol/process/cgroup-place';
import { controlGroupFolder } from '@ralph/protocol/testing/control-groups';

/** What is on the disk and in the kernel at a moment, as counts, but where a name says bytes. */
export interface Leavings {
  readonly agentLogs: number;
  readonly otherFiles: number;
  readonly claims: number;
  readonly passes: number;
  readonly stateBytes: number;
  readonly doneBytes: number;
  readonly eventBytes: number;
  readonly looseRefs: number;
  readonly looseObjects: number;
  readonly packs: number;
  readonly workspaces: number;
  readonly temporary: number;
  readonly controlGroups: number;
}

export interface Places {
  readonly root: string;
  readonly workspaces: string;
  readonly temporary: string;
}

/** Counts what stands in the places of a run. Nothing is asked of our programs. */
export function leavingsOf({ root, workspaces, temporary }: Places): Leavings {
  const ralph = filesBelow(join(root, '.ralph'));
  const logs = ralph.filter((path) => /\/logs\/parallel\/RQ-[^/]*\.log(?:\.\d+)?$/.test(path)).length;
  const below = (folder: string) => ralph.filter((path) => path.includes(`/${folder}/`)).length;
  const claims = below('cache/parallel/claims') + below('cache/parallel/agents');
  const passes = below('ci-passes');
  const objects = filesBelow(join(root, '.git/objects'));
  return {
    agentLogs: logs,
    otherFiles: ralph.length - logs - claims - passes,
    claims,
    passes,
    stateBytes: bytesOf(join(root, '.ralph/cache/parallel/state.json')),
    doneBytes: bytesOf(join(root, '.ralph/done.jsonc')),
    eventBytes: ralph
      .filter((path) => /\/events[^/]*\.ndjson$/.test(path))
      .reduce((sum, path) => sum + bytesOf(path), 0),
    looseRefs: filesBelow(join(root, '.git/refs')).length,
    looseObjects: objects.filter((path) => /\/objects\/[0-9a-f]{2}\/[0-9a-f]{38}$/.test(path)).length,
    packs: objects.filter((path) => path.endsWith('.pack')).length,
    workspaces: entries(workspaces).filter((entry) => entry.name.startsWith('RQ-')).length,
    temporary: filesBelow(temporary).length,
    controlGroups: controlGroups(),
  };
}

/** Those of other runs on this machine are counted, too. */
function controlGroups(): number {
  const own = controlGroupFolder();
  if (own === undefined) return 0;
  return entries(own).filter(({ name }) => makerOfGroup(name) !== undefined).length;
}

function filesBelow(folder: string): string[] {
  return entries(folder).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}

/** What is there at one look may be gone at the next. */
function entries(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

function bytesOf(path: string): number {
  return lstatSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
