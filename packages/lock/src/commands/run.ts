import type { Call, Result } from '@ralph/protocol/cli/program';
import type { LockRecord } from '@ralph/protocol/contract/lock-record';
import { requireExecutable } from '@ralph/protocol/process/find-executable';
import { OrphanWatcher } from '@ralph/protocol/process/orphan-watcher';
import { ownsTerminal } from '@ralph/protocol/process/terminal';
import { lockPath } from '../lock-path.ts';
import { lockLost, watchLock } from '../lock-watch.ts';
import { LockedCommand } from '../locked-command.ts';
import type { RUN_OPTIONS } from '../options.ts';
import { markOf } from '../own-family.ts';
import { newToken, ownRecord } from '../lock-record.ts';
import { takeLock } from '../take-lock.ts';

/** `ralph-lock run`: holds the lock while a command runs and ends with the command's own status. */
export async function run(call: Call<typeof RUN_OPTIONS>): Promise<Result> {
  const { args, output, stop } = call;
  requireExecutable(call.command[0] ?? '', process.cwd());
  const path = lockPath(args.repo, args.name);
  const token = newToken();
  const mark = markOf({ token, pid: process.pid });
  let known: LockRecord | undefined;
  const record = () => (known ??= ownRecord({ token, prompt: args.prompt ?? call.command.join(' ') }));
  const taking = takeLock({
    path,
    record,
    wait: args.wait,
    signal: stop.signal,
    conflictExit: args['conflict-exit-code'],
    output,
  });
  // Here, since while the lock is being taken there is nothing else to do. A command that is given the lock may keep it
  // when we are killed; any other must end then.
  const watcher = args.inherit ? undefined : new OrphanWatcher(mark);
  record();
  call.cleanup.defer('let the watcher go', () => watcher?.close());
  const lock = await taking;
  call.cleanup.defer('release the lock', lock.release);
  const inherit = args.inherit ? lock.held.fd : undefined;
  const command = new LockedCommand({ command: call.command, mark, inherit, stop });
  let lost: string | undefined;
  const endWatch = watchLock(lock.held, (reason) => {
    lost = reason;
    output.error(`ralph-lock: lock.lost: ${reason}: ${path}`);
    if (args['on-lost'] === 'stop') void command.end();
  });
  const end = await command.ended.finally(endWatch);
  if (lost !== undefined && args['on-lost'] === 'stop') throw lockLost(path, lost);
  // A shell that runs a script or a loop goes by this: to be ended by Ctrl-C is not to end with some status.
  return { exit: end.exitCode, ...(end.signal === 'SIGINT' && ownsTerminal() ? { signal: end.signal } : {}) };
}
