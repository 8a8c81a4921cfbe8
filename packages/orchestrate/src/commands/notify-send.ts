import type { Call, Result } from '@ralph/protocol/cli/program';
import { Failure, isFailure } from '@ralph/protocol/contract/failure';
import { findGitRepository } from '@ralph/protocol/process/repository';
import { DeliveryRoom } from '../notify/delivery-room.ts';
import type { NOTIFY_OPTIONS } from '../notify/notify-options.ts';
import { chosenTargets, readTargets } from '../notify/read-targets.ts';
import { NO_TARGETS } from '../notify/shown-target.ts';
import type { Target } from '../notify/target.ts';
import { BROKEN_CURSOR, standingOf } from '../notify/waiting.ts';
import type { LockHolder } from '../start/lock-holder.ts';

/** What became of what waited for one target. */
interface SentRow {
  readonly target: string;
  readonly sent: number;
  readonly given_up: number;
  readonly waiting: number;
  /** Why something still waits, or was given up. */
  readonly error: string | null;
}

interface Sending {
  readonly row: SentRow;
  readonly isBroken: boolean;
}

/** `ralph-orchestrate notify send`: tells the targets now what the runs so far could not; each event is tried once. */
export async function run(call: Call<typeof NOTIFY_OPTIONS>): Promise<Result> {
  const { args, operands, output, stop, cleanup } = call;
  const { root } = findGitRepository(args.repo);
  const targets = chosenTargets(await readTargets(root), operands[0]);
  if (targets.length === 0) output.note(NO_TARGETS);
  const room = new DeliveryRoom(root, output);
  const lock = targets.length === 0 ? undefined : await takeLock(room, stop.signal);
  if (lock !== undefined) cleanup.defer('release the lock', () => lock.release());
  cleanup.defer('end the commands', () => room.around.trees.endAll());
  stop.onForce(() => room.around.trees.killAll());
  const sendings = await Promise.all(targets.map((target) => send(room, target, stop.signal)));
  const rows = sendings.map(({ row }) => row);
  return {
    records: rows,
    columns: {
      target: (row: SentRow) => row.target,
      sent: (row: SentRow) => String(row.sent),
      waiting: (row: SentRow) => String(row.waiting),
      'given up': (row: SentRow) => String(row.given_up),
      error: (row: SentRow) => row.error ?? '',
    },
    exit: sendings.every(isDone) ? 'ok' : 'failed',
  };
}

async function send(room: DeliveryRoom, target: Target, signal: AbortSignal): Promise<Sending> {
  const courier = await room.courierFor(target);
  courier?.close();
  await courier?.run(signal);
  const { isBroken, cursor, waiting } = await standingOf(room.root, room.logPath, target);
  const { sent = 0, given_up = 0 } = courier?.tally ?? {};
  const error = isBroken ? BROKEN_CURSOR : (cursor?.error?.words ?? null);
  return { row: { target: target.id, sent, given_up, waiting, error }, isBroken };
}

function isDone({ row, isBroken }: Sending): boolean {
  return !isBroken && row.waiting === 0 && row.given_up === 0;
}

async function takeLock(room: DeliveryRoom, signal: AbortSignal): Promise<LockHolder> {
  try {
    return await room.takeLock(undefined, signal);
  } catch (error) {
    if (!isFailure(error) || error.code !== 'lock_held') throw error;
    throw new Failure(
      'lock_held',
      'what waits is being sent already, by a run of this repository or by another notify send',
      {
        ...error.parts,
        hint: 'look at what waits with: ralph-orchestrate notify list',
      },
    );
  }
}
