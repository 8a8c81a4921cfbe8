import { createHash } from 'node:crypto';

/** What the word of a gate depends on. */
export interface Judged {
  readonly tree: string;
  readonly command: string;
  /** Names of the chosen variables. */
  readonly names: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
}

/** Changed when an old key must not count any more. */
const VERSION = 1;

/**
 * Returns the name under which a pass is remembered, 64 hexadecimal digits. The kind of machine is part of it, since a
 * repository may be shared by several; the place of the workspace and the task are not. Values are only in it as a hash.
 */
export function passKey({ tree, command, names, environment }: Judged): string {
  const chosen = [...new Set(names)].toSorted().map((name) => [name, environment[name] ?? null]);
  const parts = [VERSION, process.platform, process.arch, tree, command, chosen];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
