import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { finished } from 'node:stream/promises';
import { usageFailure } from '../cli/usage-failure.ts';
import { asIoFailure, Failure } from '../contract/failure.ts';
import { Sandbox, type SandboxTools } from './sandbox.ts';
import { endInSandbox, type CommandEnd } from './sandbox-end.ts';
import { programOnPath } from './find-executable.ts';
import { readWishes, type SandboxRequest } from './sandbox-wishes.ts';

const INSTALL = 'apt-get install bubblewrap  # or dnf, pacman, apk; or leave --sandbox out';
const LOOK =
  'sysctl user.max_user_namespaces kernel.unprivileged_userns_clone kernel.apparmor_restrict_unprivileged_userns';
const CHARACTERS = 1000;

/**
 * Returns the sandbox that the options ask for, proven by a first command in it; nothing where none is asked for.
 *
 * @throws Failure `usage` for a path that cannot be given; `sandbox_unavailable` where none can be made here
 */
export async function openSandbox(request: SandboxRequest): Promise<Sandbox | undefined> {
  const { program, args, repo, note } = request;
  if (args.sandbox === 'none') {
    const idle = (['sandbox-write', 'sandbox-read', 'sandbox-net'] as const).find((name) =>
      name === 'sandbox-net' ? args[name] !== 'host' : args[name].length > 0,
    );
    if (idle !== undefined) throw usageFailure(program, `--${idle} needs --sandbox bwrap`);
    return undefined;
  }
  const wishes = readWishes(request);
  const bwrap = programOnPath('bwrap');
  if (bwrap === undefined)
    throw new Failure('sandbox_unavailable', '--sandbox bwrap: bwrap was not found on PATH', { hint: INSTALL });
  const unshare = programOnPath('unshare');
  const isOpen = mountsSpread();
  const closed = isOpen && unshare !== undefined ? [unshare, '--user', '--map-current-user', '--mount'] : [];
  const trial = (tools: SandboxTools) => tryOut(new Sandbox(repo, wishes, tools));
  const first = await trial({ bwrap, aside: closed });
  if (first === undefined && (!isOpen || closed.length > 0)) return new Sandbox(repo, wishes, { bwrap, aside: closed });
  const second = closed.length === 0 ? first : await trial({ bwrap, aside: [] });
  if (second !== undefined) throw unavailable(second);
  note(
    `${program}: warning: the sandbox can write file systems that are mounted while it runs: unshare cannot be used`,
  );
  return new Sandbox(repo, wishes, { bwrap, aside: [] });
}

/** Tells whether a mount of somebody else would show in namespaces that were made before. */
function mountsSpread(): boolean {
  try {
    return / (?:shared|master):\d/.test(readFileSync('/proc/self/mountinfo', 'utf8'));
  } catch {
    return true;
  }
}

/** Runs nothing in a sandbox; returns what was said where that failed. */
async function tryOut(sandbox: Sandbox): Promise<string | undefined> {
  const { command, descriptors } = sandbox.around(['true'], undefined);
  const [name = '', ...words] = command;
  const child = spawn(name, words, { cwd: '/', stdio: ['ignore', 'ignore', 'pipe', 'ignore', ...descriptors] });
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (said = `${said}${text}`.slice(0, CHARACTERS)));
  const ended = new Promise<CommandEnd>((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve({ code, signal }));
  });
  try {
    const end = await endInSandbox(child, ended);
    if (child.stderr !== null) await finished(child.stderr).catch(() => {});
    return end.code === 0 && end.failure === undefined ? undefined : said.trim() || `status ${end.code ?? 'unknown'}`;
  } catch (error) {
    throw asIoFailure(error, 'start a sandbox');
  }
}

function unavailable(said: string): Failure {
  const line = said.split('\n').at(-1) ?? '';
  const isOld = /nknown option|nrecognized option/.test(said);
  const why = isOld ? `it is too old, or a tool of it is: ${line}` : line;
  return new Failure('sandbox_unavailable', `--sandbox bwrap: no sandbox can be made here: ${why}`, {
    hint: isOld
      ? 'bwrap --version  # 0.8.0 or later is needed, and env of GNU coreutils 8.31'
      : `${LOOK}  # what forbids it?`,
    details: { said },
  });
}
