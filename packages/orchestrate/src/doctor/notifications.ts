import { join } from 'node:path';
import { RALPH_PATHS } from '@ralph/protocol/contract/paths';
import type { PreflightFinding } from '@ralph/protocol/contract/preflight-report';
import { troubleOf } from '../notify/deliver.ts';
import { targetOf } from '../notify/target.ts';
import { BROKEN_CURSOR, eventsText, standingOf } from '../notify/waiting.ts';
import type { Settled } from '../settings/layers.ts';

const check = 'notifications';
/** A run puts a new cursor at the end of the log, and says what it leaves out. */
const BEGIN_ANEW = 'the next ralph-orchestrate run begins anew from its own start, and does not send what came before';

/** One target as the doctor sees it. */
export interface SeenTarget {
  readonly id: string;
  /** Why nothing can be told to it. */
  readonly trouble: string | undefined;
  /** Whether it is a webhook whose receiver cannot know who calls. */
  readonly isUnsigned: boolean;
  /** Whether nobody knows what it was told. */
  readonly isBroken: boolean;
  readonly waiting: number;
}

/** Looks at who is told of events, whether all is there that it takes, and what waits. Nobody is told anything. */
export async function examineNotifications(root: string, settled: Settled): Promise<PreflightFinding> {
  const logPath = join(root, RALPH_PATHS.events);
  const seen: SeenTarget[] = [];
  for (const target of settled.value('notify').map(targetOf)) {
    const { isBroken, waiting } = await standingOf(root, logPath, target);
    const { id, way } = target;
    const isUnsigned = way.kind === 'webhook' && way.secretEnv === undefined;
    const trouble = troubleOf(target, { root, env: process.env });
    seen.push({ id, trouble, isUnsigned, isBroken, waiting });
  }
  return judgeNotifications(seen);
}

/** Says what is to be said of the targets. Pure. */
export function judgeNotifications(seen: readonly SeenTarget[]): PreflightFinding {
  if (seen.length === 0)
    return { check, level: 'ok', message: 'nobody is told of events: none is named under "notify"' };
  const facts = { targets: seen.map(({ id }) => id), waiting: seen.reduce((sum, { waiting }) => sum + waiting, 0) };
  const troubles = seen.flatMap(({ id, trouble }) => (trouble === undefined ? [] : [`${id}: ${trouble}`]));
  const waiting = seen.filter((target) => target.waiting > 0).map((one) => `${eventsText(one.waiting)} for ${one.id}`);
  const unsigned = seen.filter(({ isUnsigned }) => isUnsigned).map(({ id }) => id);
  const broken = seen.filter(({ isBroken }) => isBroken).map(({ id }) => id);
  const parts = [
    `targets of events: ${facts.targets.join(', ')}`,
    ...(unsigned.length === 0 ? [] : [`not signed (no secret_env): ${unsigned.join(', ')}`]),
    ...troubles,
    ...broken.map((id) => `${id}: ${BROKEN_CURSOR} (${RALPH_PATHS.notify}/${id}.json)`),
    ...(waiting.length === 0 ? [] : [`not sent yet: ${waiting.join(', ')}`]),
  ];
  const message = parts.join('; ');
  if (troubles.length > 0) return { check, level: 'warning', message, hint: 'ralph-orchestrate notify test', facts };
  if (waiting.length > 0) return { check, level: 'warning', message, hint: 'ralph-orchestrate notify send', facts };
  if (broken.length > 0) return { check, level: 'warning', message, hint: BEGIN_ANEW, facts };
  return { check, level: 'ok', message, facts };
}
