import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { onTestFinished } from 'vitest';
import { lockFile } from './holders.ts';

/** Ways of others to hold the lock on `$1`, as scripts of sh that say `held` and hold it until their stdin ends. */
export const FOREIGN_WAYS = {
  'flock -x FILE COMMAND': `flock -o -x "$1" sh -c 'echo held; read -r _'`,
  'flock -s FILE COMMAND': `flock -o -s "$1" sh -c 'echo held; read -r _'`,
  'flock on a descriptor of the shell': `exec 9<>"$1"; flock 9; echo held; read -r _`,
  'perl, by flock(2) itself': `exec perl -e 'open(F,"+>>",$ARGV[0]); flock(F,2); $|=1; print "held\\n"; <STDIN>' "$1"`,
} as const;

export type ForeignWay = keyof typeof FOREIGN_WAYS;

/** What lock files of others may hold. */
export const FOREIGN_CONTENTS: readonly (readonly [string, string | Buffer])[] = [
  ['nothing', ''],
  ['garbage', 'not a record at all\n'],
  ['a megabyte', '{"pid":1,"started":"'.padEnd(1024 * 1024, 'x')],
  ['bytes that are not UTF-8', Buffer.from([0x7b, 0xff, 0xfe, 0x00, 0xc3, 0x28])],
  ['JSON of another kind', '[1,2,3]'],
];

/** Returns a record as ralph-core writes it: pretty, with nanoseconds, without a newline at the end. */
export function ralphCoreRecord(pid: number, prompt = 'build the thing'): string {
  return `{\n  "pid": ${pid},\n  "started": "2026-11-20T10:11:12.123456789Z",\n  "prompt": "${prompt}"\n}`;
}

/** Writes a lock file as somebody else left it. */
export function writeLockFile(root: string, content: string | Buffer): void {
  mkdirSync(dirname(lockFile(root)), { recursive: true });
  writeFileSync(lockFile(root), content);
}

/** Starts somebody else who holds the lock; ends, and frees it, at the end of its stdin. */
export async function holdAsForeigner(root: string, way: ForeignWay): Promise<ChildProcessWithoutNullStreams> {
  mkdirSync(dirname(lockFile(root)), { recursive: true });
  const child = spawn('sh', ['-c', FOREIGN_WAYS[way], 'sh', lockFile(root)], { stdio: ['pipe', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return child;
}
