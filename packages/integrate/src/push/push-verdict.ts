import { withoutCredentials } from '@ralph/protocol/cli/credentials';
import type { GitResult } from '@ralph/protocol/process/git';
import { transportVerdict } from './transport-verdict.ts';

/** Why a push did not end well. `lock_left`: a lock file stands on the server, by a rival or by one that died. */
export type Refusal = 'race' | 'lock_left' | 'policy' | 'auth' | 'network' | 'local' | 'unknown';

export type PushVerdict = 'ok' | Refusal;

/** How git says that a commit of a submodule is on no remote. */
const SUBMODULES_MISSING = /submodule paths contain changes/;

interface RefLine {
  readonly flag: string;
  /** `[remote rejected] (hook declined)`, or the range that was pushed. */
  readonly summary: string;
}

/**
 * Judges the end of `git push --porcelain` of one branch: by the line of the ref and the exit status first, by the words
 * of the transport last. `failed to push some refs` stands in nearly every case and says nothing. `unknown` means that
 * the server may have taken the push: the remote has to be asked.
 *
 * @param commit what was pushed: a branch that stands on it was moved by us, when git sent the push twice by itself
 */
export function pushVerdict(result: GitResult, commit?: string): PushVerdict {
  const { exitCode, stderr } = result;
  if (exitCode === null) return 'unknown';
  if (commit !== undefined && `${result.stdout}\n${stderr}`.includes(`is at ${commit} but expected`)) return 'unknown';
  const lines = refLines(result.stdout);
  const refused = lines.filter((line) => line.flag === '!');
  const decisive = refused.find((line) => !/atomic push fail/.test(line.summary)) ?? refused[0];
  if (decisive !== undefined) return refusalOf(decisive.summary, stderr);
  if (exitCode === 0) return 'ok';
  if (lines.length > 0) return 'unknown';
  return verdictWithoutRef(exitCode, stderr);
}

/** Returns what the server said, in its own words: the reason of the ref and the lines it sent, or git's last lines. */
export function refusalWords(result: GitResult): string {
  const reasons = refLines(result.stdout).flatMap((line) => (line.flag === '!' ? [line.summary] : []));
  const remote = result.stderr.split('\n').flatMap((line) => {
    const text = /^remote: (.*)$/.exec(line)?.[1]?.trim();
    return text === undefined || text === '' ? [] : [text];
  });
  const words = [...reasons, ...remote];
  const text = (words.length > 0 ? words : ownWords(result)).join('; ');
  return withoutCredentials(text === '' ? 'git push was cut off' : text).slice(0, 2000);
}

/** The end of what git printed; of a refusal because of submodules the part that names them, without the advice. */
function ownWords({ stdout, stderr }: GitResult): string[] {
  const lines = `${stdout}\n${stderr}`
    .split('\n')
    .filter((line) => line.trim() !== '' && !/^(?:hint:|To |Done$)/.test(line));
  const begin = lines.findIndex((line) => SUBMODULES_MISSING.test(line));
  if (begin === -1) return lines.slice(-5);
  const advice = lines.findIndex((line, index) => index > begin && line.startsWith('Please try'));
  return lines.slice(begin, advice === -1 ? undefined : advice).map((line) => line.trim());
}

function refLines(stdout: string): RefLine[] {
  return stdout.split('\n').flatMap((line) => {
    const [, flag = '', summary = ''] = /^([ +\-*=!])\t[^\t]*\t(.*)$/.exec(line) ?? [];
    return flag === '' ? [] : [{ flag, summary }];
  });
}

function refusalOf(summary: string, stderr: string): Refusal {
  const [, kind = '', reason = ''] = /^\[([^\]]+)\](?: \((.*)\))?/.exec(summary) ?? [];
  switch (kind) {
    case 'rejected':
      if (/fetch first|non-fast-forward|stale info|remote ref updated/.test(reason)) return 'race';
      return reason.startsWith('atomic') ? 'unknown' : 'policy';
    case 'remote rejected':
      return refusalOfServer(reason, `${reason}\n${stderr}`);
    case 'no match':
      return 'local';
    default:
      return 'unknown';
  }
}

function refusalOfServer(reason: string, words: string): Refusal {
  if (/is at [0-9a-f]+ but expected|reference already exists/.test(words)) return 'race';
  if (/unpacker error/.test(reason)) return refusalOfUnpacker(words);
  if (/failed to update ref|cannot lock ref/.test(reason)) {
    if (/exists; cannot create/.test(words)) return 'policy';
    return /File exists/.test(words) ? 'lock_left' : 'unknown';
  }
  if (/internal server error/i.test(reason)) return 'network';
  if (/missing necessary objects/.test(reason)) return 'local';
  return 'policy';
}

function refusalOfUnpacker(words: string): Refusal {
  if (/exceeds maximum allowed size|fsck error|object [0-9a-f]+: /.test(words)) return 'policy';
  if (/^fatal: unable to read [0-9a-f]{40}/m.test(words)) return 'local';
  if (/No space left|unable to create temporary|Read-only file system|quota/i.test(words)) return 'network';
  return 'unknown';
}

/** Without a line of the ref the push ended before, or in the middle of, talking about it. */
function verdictWithoutRef(exitCode: number, stderr: string): Refusal {
  const status = /RPC failed; HTTP (\d{3})/.exec(stderr)?.[1];
  if (status !== undefined) return verdictOfStatus(Number(status));
  if (SUBMODULES_MISSING.test(stderr)) return 'local';
  if (/RPC failed|unexpected disconnect|sideband|Broken pipe/.test(stderr)) return 'unknown';
  const transport = transportVerdict(stderr);
  if (transport !== undefined && exitCode !== 1) return transport;
  return exitCode === 1 ? 'local' : 'unknown';
}

/** A proxy may answer 5xx after the server has taken the push; what is the client's fault was not taken. */
function verdictOfStatus(status: number): Refusal {
  if (status === 408 || status === 425 || status === 429) return 'network';
  if (status === 401 || status === 403 || status === 404 || status === 407) return 'auth';
  return status >= 400 && status < 500 ? 'policy' : 'unknown';
}

/** Returns a refusal as events tell it: their contract knows no lock on the server, which is a rival or left by one. */
export function shownVerdict(refusal: Refusal): Exclude<Refusal, 'lock_left'> {
  return refusal === 'lock_left' ? 'race' : refusal;
}
