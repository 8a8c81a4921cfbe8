import { runTool } from '../site/run-tool.ts';
import type { SetupRecord } from './setup-record.ts';

/**
 * Tells whether nobody has changed what a set-up has made since its record was written: neither a folder nor a file of
 * it is newer. The time of the last change of its state cannot be set by hand; files that are shared by hard links are
 * judged by that of their content, since each further link changes the other.
 */
export async function isUnchanged(of: {
  readonly folder: string;
  readonly record: SetupRecord;
  /** The file of the record. */
  readonly stamp: string;
  readonly signal: AbortSignal;
}): Promise<boolean> {
  const { folder, record, stamp, signal } = of;
  if (record.paths.length === 0) return true;
  const file = record.linked ? '-newer' : '-cnewer';
  const newer = ['(', '-type', 'd', '-cnewer', stamp, '-o', '!', '-type', 'd', file, stamp, ')'];
  const paths = record.paths.map((path) => `./${path.replace(/\/$/, '')}`);
  const { isWell, stdout } = await runTool('find', [...paths, ...newer, '-print', '-quit'], { cwd: folder, signal });
  return isWell && stdout === '';
}
