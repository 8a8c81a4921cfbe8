export interface LockOwner {
  readonly pid: number;
  readonly startedAt: string | undefined;
  readonly command: string | undefined;
  readonly label: string | undefined;
}

/**
 * Reads the owner file of ralph-agent-loop's directory lock: lines `key: value`. The first line of a key counts, since
 * a command with a newline in it would otherwise name another process.
 *
 * @returns nothing when it names no process
 */
export function parseLockOwner(text: string): LockOwner | undefined {
  const first = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [, key, value] = /^(pid|started_at|command|label):(.*)$/.exec(line) ?? [];
    if (key !== undefined && value !== undefined && !first.has(key)) first.set(key, value.trim());
  }
  const pid = first.get('pid') ?? '';
  if (!/^[1-9]\d{0,9}$/.test(pid)) return undefined;
  return {
    pid: Number(pid),
    startedAt: first.get('started_at'),
    command: first.get('command'),
    label: first.get('label'),
  };
}
