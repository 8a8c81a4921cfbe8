import { join } from 'node:path';
import type { Call, Result } from '@ralph/protocol/cli/program';
import { RALPH_PATHS } from '@ralph/protocol/contract/paths';
import { findGitRepository } from '@ralph/protocol/process/repository';
import { Secrets } from '@ralph/protocol/process/secrets';
import type { NOTIFY_OPTIONS } from '../notify/notify-options.ts';
import { whyUntrusted } from '../notify/read-targets.ts';
import { NO_TARGETS, shownTo } from '../notify/shown-target.ts';
import { targetOf, type Target } from '../notify/target.ts';
import { BROKEN_CURSOR, eventsText, standingOf } from '../notify/waiting.ts';
import { readSettings } from '../settings/read-settings.ts';

/** One target, and how far it was told. */
interface TargetRow {
  readonly target: string;
  readonly kind: Target['way']['kind'];
  readonly to: string;
  readonly events: readonly string[];
  readonly waiting: number;
  readonly sent: number;
  readonly given_up: number;
  /** Why the next one could not be sent so far, or the last one was given up. */
  readonly error: string | null;
}

/** `ralph-orchestrate notify list`: the targets, and what waits for each; changes nothing. */
export async function run({ args, output }: Call<typeof NOTIFY_OPTIONS>): Promise<Result> {
  const { root } = findGitRepository(args.repo);
  const { settled } = await readSettings({ root, env: process.env });
  const targets = settled.value('notify').map(targetOf);
  const refusal = await whyUntrusted(root, settled);
  if (refusal !== undefined)
    output.note(`these targets do not count: ${refusal.message}\n  next: ${refusal.parts.hint ?? ''}`);
  if (targets.length === 0) output.note(NO_TARGETS);
  const { redact } = new Secrets(root);
  const logPath = join(root, RALPH_PATHS.events);
  const rows: TargetRow[] = [];
  for (const target of targets) {
    const { isBroken, cursor, waiting } = await standingOf(root, logPath, target);
    const { sent = 0, givenUp = 0, error } = cursor ?? {};
    rows.push({
      target: target.id,
      kind: target.way.kind,
      to: redact(shownTo(target.way)),
      events: target.events,
      waiting,
      sent,
      given_up: givenUp,
      error: isBroken ? BROKEN_CURSOR : error === undefined ? null : redact(error.words),
    });
  }
  return {
    records: rows,
    columns: {
      target: (row: TargetRow) => row.target,
      kind: (row: TargetRow) => row.kind,
      to: (row: TargetRow) => row.to,
      events: (row: TargetRow) => row.events.join(' '),
      waiting: (row: TargetRow) => (row.waiting === 0 ? '-' : eventsText(row.waiting)),
      sent: (row: TargetRow) => String(row.sent),
      'given up': (row: TargetRow) => String(row.given_up),
      error: (row: TargetRow) => row.error ?? '',
    },
  };
}
