import type { Call } from '@ralph/protocol/cli/program';
import type { EventLog } from '../run/event-log.ts';
import type { Settled } from '../settings/layers.ts';
import { targetOf } from './target.ts';

/** Its own time, the end of a command that is at work, and a look at what is left. */
const END_LIMIT_MS = 15_000;

export interface NotifierParts {
  readonly root: string;
  readonly settled: Settled;
  readonly log: EventLog;
  /** What addresses, signatures and commands are made of. */
  readonly env: NodeJS.ProcessEnv;
}

/**
 * Tells the configured targets of the events of a run, beside it, until the call is cleaned up. Where nobody is to be
 * told, nothing is loaded or started. What goes wrong is told and ends nothing.
 *
 * @returns what ends it before the clean-up does
 */
export async function startNotifier(
  call: Pick<Call, 'output' | 'stop' | 'cleanup'>,
  { root, settled, log, env }: NotifierParts,
): Promise<() => Promise<void>> {
  const targets = settled.value('notify').map(targetOf);
  if (targets.length === 0) return () => Promise.resolve();
  try {
    const { Notifier } = await import('./notifier.ts');
    const notifier = await Notifier.start(call, { root, env }, targets);
    // Progress is in no log, and comes often.
    log.observe(({ type }) => {
      if (type !== 'agent.progress') notifier.told();
    });
    call.cleanup.defer('end the notifications', () => notifier.end(), END_LIMIT_MS);
    return () => notifier.end();
  } catch (error) {
    call.output.note(`notifications: nobody is told of this run: ${String(error)}`);
    return () => Promise.resolve();
  }
}
