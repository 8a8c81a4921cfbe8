import type { Call, Result } from '@ralph/protocol/cli/program';
import { findGitRepository } from '@ralph/protocol/process/repository';
import { deliverInTime } from '../notify/deliver-in-time.ts';
import { DeliveryRoom } from '../notify/delivery-room.ts';
import type { NOTIFY_OPTIONS } from '../notify/notify-options.ts';
import { chosenTargets, readTargets } from '../notify/read-targets.ts';
import { NO_TARGETS, shownTo } from '../notify/shown-target.ts';
import type { Target } from '../notify/target.ts';
import { testMessage } from '../notify/test-message.ts';

/** What came of a test at one target. */
interface TestRow {
  readonly target: string;
  readonly kind: Target['way']['kind'];
  readonly to: string;
  readonly ok: boolean;
  /** Of the answer, or of the command. */
  readonly status?: number;
  readonly duration_ms: number;
  readonly words: string;
}

/** `ralph-orchestrate notify test`: tells every target, or one, of a test now, once, and says what came back. */
export async function run({ args, operands, output, stop, cleanup }: Call<typeof NOTIFY_OPTIONS>): Promise<Result> {
  const { root } = findGitRepository(args.repo);
  const targets = chosenTargets(await readTargets(root), operands[0]);
  if (targets.length === 0) output.note(NO_TARGETS);
  const { around, repository } = new DeliveryRoom(root, output);
  cleanup.defer('end the commands', () => around.trees.endAll());
  stop.onForce(() => around.trees.killAll());
  const message = testMessage(repository);
  const rows = await Promise.all(
    targets.map(async (target): Promise<TestRow> => {
      const begun = performance.now();
      const delivery = await deliverInTime(target, message, around, stop.signal);
      const status = 'status' in delivery ? delivery.status : undefined;
      return {
        target: target.id,
        kind: target.way.kind,
        to: around.redact(shownTo(target.way)),
        ok: delivery.kind === 'taken',
        ...(status === undefined ? {} : { status }),
        duration_ms: Math.round(performance.now() - begun),
        words: delivery.words,
      };
    }),
  );
  return {
    records: rows,
    columns: {
      target: (row: TestRow) => row.target,
      kind: (row: TestRow) => row.kind,
      to: (row: TestRow) => row.to,
      result: (row: TestRow) => (row.ok ? 'ok' : 'failed'),
      ms: (row: TestRow) => String(row.duration_ms),
      answer: (row: TestRow) => row.words,
    },
    exit: rows.every(({ ok }) => ok) ? 'ok' : 'failed',
  };
}
