import type { PushVerdict } from '../src/push/push-verdict.ts';

/** One way in which `git push --porcelain` ends. */
export interface PushEnding {
  readonly name: string;
  readonly verdict: PushVerdict;
  readonly exitCode: number | null;
  /** The line of the ref: flag and summary. */
  readonly ref?: readonly [flag: string, summary: string];
  readonly stderr?: string;
}

const SAYS_NOTHING = "error: failed to push some refs to 'https://git.example.org/app.git'";
const NO_ACCESS =
  'fatal: Could not read from remote repository.\n\nPlease make sure you have the correct access rights\nand the repository exists.';
const CUT =
  'send-pack: unexpected disconnect while reading sideband packet\nfatal: the remote end hung up unexpectedly';

function httpError(status: number): string {
  return `fatal: unable to access 'https://git.example.org/app.git/': The requested URL returned error: ${status}`;
}

function refused(verdict: PushVerdict, name: string, summary: string, stderr = ''): PushEnding {
  return { verdict, name, exitCode: 1, ref: ['!', summary], stderr: `${stderr}\n${SAYS_NOTHING}` };
}

function noRef(verdict: PushVerdict, name: string, exitCode: number | null, stderr: string): PushEnding {
  return { verdict, name, exitCode, stderr };
}

/** Every kind of ending that was met with over file, daemon, http and ssh. */
export const PUSH_ENDINGS: readonly PushEnding[] = [
  { verdict: 'ok', name: 'a fast-forward', exitCode: 0, ref: [' ', '1111111..2222222'] },
  { verdict: 'ok', name: 'nothing to do', exitCode: 0, ref: ['=', '[up to date]'] },
  { verdict: 'ok', name: 'a new branch', exitCode: 0, ref: ['*', '[new branch]'] },

  refused(
    'race',
    'a commit of another that is not known here',
    '[rejected] (fetch first)',
    'hint: Updates were rejected',
  ),
  refused('race', 'a commit of another that is known here', '[rejected] (non-fast-forward)'),
  refused('race', 'a lease that is out of date', '[rejected] (stale info)'),
  refused(
    'race',
    'a rival between advertisement and update',
    '[remote rejected] (failed to update ref)',
    "remote: error: cannot lock ref 'refs/heads/main': is at 2222222222222222222222222222222222222222 but expected 1111111111111111111111111111111111111111",
  ),
  refused(
    'race',
    'the same, told in the reason of the ref',
    "[remote rejected] (cannot lock ref 'refs/heads/main': is at 22222222 but expected 11111111)",
  ),
  refused(
    'lock_left',
    'a lock file on the server',
    '[remote rejected] (failed to update ref)',
    "remote: error: cannot lock ref 'refs/heads/main': Unable to create '/srv/app.git/refs/heads/main.lock': File exists.",
  ),
  refused('unknown', 'an update that failed for no known cause', '[remote rejected] (failed to update ref)'),
  refused('unknown', 'a server that forgot to report', '[remote failure] (remote failed to report status)'),

  refused(
    'policy',
    'a pre-receive hook',
    '[remote rejected] (pre-receive hook declined)',
    'remote: run the checks first',
  ),
  refused(
    'policy',
    'an update hook',
    '[remote rejected] (hook declined)',
    'remote: error: hook declined to update refs/heads/main',
  ),
  refused(
    'policy',
    'a protected branch',
    '[remote rejected] (protected branch hook declined)',
    'remote: error: GH006: Protected branch',
  ),
  refused(
    'policy',
    'denied rewinds',
    '[remote rejected] (non-fast-forward)',
    'remote: error: denying non-fast-forward refs/heads/main',
  ),
  refused('policy', 'denied deletion', '[remote rejected] (deletion prohibited)'),
  refused(
    'policy',
    'denied deletion of the current branch',
    '[remote rejected] (deletion of the current branch prohibited)',
  ),
  refused('policy', 'a branch that is checked out over there', '[remote rejected] (branch is currently checked out)'),
  refused('policy', 'a shallow history', '[remote rejected] (shallow update not allowed)'),
  refused(
    'policy',
    'a branch name in the way',
    '[remote rejected] (failed to update ref)',
    "remote: error: cannot lock ref 'refs/heads/main/x': 'refs/heads/main' exists; cannot create 'refs/heads/main/x'",
  ),
  refused(
    'policy',
    'a pack that is too large',
    '[remote rejected] (unpacker error)',
    'remote: fatal: pack exceeds maximum allowed size',
  ),
  refused(
    'policy',
    'objects that the server finds bad',
    '[remote rejected] (unpacker error)',
    'remote: fatal: fsck error in packed object',
  ),
  noRef(
    'policy',
    'a proxy that finds it too large',
    1,
    `error: RPC failed; HTTP 413 curl 22 The requested URL returned error: 413\n${CUT}`,
  ),
  noRef(
    'auth',
    'a right that is refused only to the push itself',
    1,
    `error: RPC failed; HTTP 403 curl 22 The requested URL returned error: 403\n${CUT}`,
  ),
  noRef(
    'network',
    'too many requests',
    1,
    `error: RPC failed; HTTP 429 curl 22 The requested URL returned error: 429\n${CUT}`,
  ),

  refused(
    'network',
    'a full disk over there',
    '[remote rejected] (unpacker error)',
    'remote: fatal: unable to write loose object file: No space left on device',
  ),
  refused(
    'network',
    'a read-only disk over there',
    '[remote rejected] (unpacker error)',
    'error: remote unpack failed: unable to create temporary object directory',
  ),
  refused('network', 'trouble of the hoster', '[remote rejected] (Internal Server Error)'),
  noRef('network', 'http: 429', 128, httpError(429)),
  noRef('network', 'http: 500', 128, httpError(500)),
  noRef('network', 'http: 503', 128, httpError(503)),
  noRef(
    'network',
    'http: no such host',
    128,
    "fatal: unable to access 'https://nowhere.invalid/': Could not resolve host: nowhere.invalid",
  ),
  noRef(
    'network',
    'http: refused',
    128,
    "fatal: unable to access 'http://h/': Failed to connect to h port 80 after 0 ms: Couldn't connect to server",
  ),
  noRef(
    'network',
    'http: no TLS over there',
    128,
    "fatal: unable to access 'https://h/': gnutls_handshake() failed: An unexpected TLS packet was received.",
  ),
  noRef(
    'network',
    'http: silence',
    128,
    "fatal: unable to access 'http://h/': Operation too slow. Less than 1000 bytes/sec transferred the last 60 seconds",
  ),
  noRef('network', 'daemon: refused', 128, 'fatal: unable to connect to h:\nh[0: 10.0.0.1]: errno=Connection refused'),
  noRef('network', 'ssh: refused', 128, `ssh: connect to host h port 22: Connection refused\n${NO_ACCESS}`),
  noRef(
    'network',
    'ssh: no such host',
    128,
    `ssh: Could not resolve hostname h: Name or service not known\n${NO_ACCESS}`,
  ),

  noRef('unknown', 'a server that ended while we wrote', 128, 'fatal: unable to write flush packet: Broken pipe'),

  noRef(
    'auth',
    'http: nobody to ask for a name',
    128,
    "fatal: could not read Username for 'https://h': terminal prompts disabled",
  ),
  noRef('auth', 'http: wrong password', 128, "fatal: Authentication failed for 'https://h/app.git/'"),
  noRef('auth', 'http: 403', 128, httpError(403)),
  noRef('auth', 'http: hidden', 128, "fatal: repository 'https://h/app.git/' not found"),
  noRef('auth', 'daemon: no pushes', 128, 'fatal: remote error: access denied or repository not exported: /app.git'),
  noRef('auth', 'ssh: unknown host key', 128, `Host key verification failed.\n${NO_ACCESS}`),
  noRef('auth', 'ssh: unknown key', 128, `git@h: Permission denied (publickey).\n${NO_ACCESS}`),
  noRef(
    'auth',
    'nothing at that path',
    128,
    `fatal: '/srv/none.git' does not appear to be a git repository\n${NO_ACCESS}`,
  ),

  noRef('local', 'a pre-push hook', 1, SAYS_NOTHING),
  noRef(
    'local',
    'a submodule commit that is on no remote',
    128,
    'The following submodule paths contain changes that can\nnot be found on any remote:\n  sub\n\nfatal: Aborting.',
  ),
  noRef('local', 'no such commit', 1, `error: src refspec nothing does not match any\n${SAYS_NOTHING}`),
  refused(
    'local',
    'an object that is missing here',
    '[remote rejected] (unpacker error)',
    `fatal: unable to read ${'0a'.repeat(20)}`,
  ),
  refused('local', 'an object that never arrived', '[remote rejected] (missing necessary objects)'),

  noRef('unknown', 'ended by a signal', null, ''),
  noRef('unknown', 'a server that died in the middle', 128, CUT),
  noRef('unknown', 'http: cut during the POST', 1, `error: RPC failed; curl 52 Empty reply from server\n${CUT}`),
  noRef(
    'unknown',
    'http: 500 to the POST',
    1,
    `error: RPC failed; HTTP 500 curl 22 The requested URL returned error: 500\n${CUT}`,
  ),
  noRef('unknown', 'words that nobody knows', 128, 'fatal: the moon is full'),
  {
    verdict: 'unknown',
    name: 'a server that took it and died',
    exitCode: 1,
    ref: [' ', '1111111..2222222'],
    stderr: `send-pack: unexpected disconnect while reading sideband packet\n${SAYS_NOTHING}`,
  },
];
