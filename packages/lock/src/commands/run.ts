import type { Call, Result } from '@ralph/protocol/cli/program';
import { Failure } from '@ralph/protocol/contract/failure';
import type { LockRecord } from '@ralph/protocol/contract/lock-record';
import { requireExecutable } from '@ralph/protocol/process/find-executable';
import { OrphanWatcher } from '@ralph/protocol/process/orphan-watcher';
import { ownsTerminal } from '@ralph/protocol/cli/terminal';
import { lockPath } from '../lock-path.ts';
import { lockLost, lossOf, watchLock } from '../lock-watch.ts';
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
  const { inherit } = args;
  let known: LockRecord | undefined;
  const record = () =>
    (known ??= ownRecord({ token, prompt: args.prompt ?? call.command.join(' '), inherited: inherit }));
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
  const watcher = inherit ? undefined : new OrphanWatcher(mark);
  record();
  call.cleanup.defer('let the watcher go', () => watcher?.close());
  const { held, release } = await taking;
  call.cleanup.defer('release the lock', release);
  if (stop.signal.aborted) throw new Failure('cancelled', 'stopped before the command was started');
  const command = new LockedCommand({
    command: call.command,
    mark,
    inherit: inherit ? held.fd : undefined,
    watcher,
    stop,
  });
  let loss: string | undefined;
  let ending: Promise<void> | undefined;
  const lose = (reason: string) => {
    loss = reason;
    output.error(`ralph-lock: lock.lost: ${reason}: ${path}`);
    if (args['on-lost'] === 'stop') ending = command.end();
  };
  const endWatch = watchLock(held, lose);
  const end = await command.ended.finally(endWatch);
  // The last look may be a moment old.
  const late = loss === undefined ? lossOf(held) : undefined;
  if (late !== undefined) lose(late);
  // A signal has ended the command: then nothing of it goes on when the lock is free.
  if (stop.signal.aborted && !inherit) ending ??= command.end();
  await ending;
  if (loss !== undefined && args['on-lost'] === 'stop') throw lockLost(path, loss);
  // A shell that runs a script or a loop goes by this: to be ended by Ctrl-C is not to end with some status.
  return { exit: end.exitCode, ...(end.signal === 'SIGINT' && ownsTerminal() ? { signal: end.signal } : {}) };
}
