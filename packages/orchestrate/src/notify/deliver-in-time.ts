import { BoundedWait } from '@ralph/protocol/cli/bounded-wait';
import { timerMs } from '@ralph/protocol/cli/timer-ms';
import { deliver, type Surroundings } from './deliver.ts';
import type { Delivery } from './delivery.ts';
import type { Message } from './message.ts';
import type { Target } from './target.ts';

/** For the end of a command that has to be killed, with all that it has started. */
const END_MS = 8000;

/**
 * Tells a target of an event, once, and waits for it no longer than its limit allows, or than the signal does, and a few
 * seconds more. Never throws.
 */
export async function deliverInTime(
  target: Target,
  message: Message,
  around: Surroundings,
  signal: AbortSignal,
): Promise<Delivery> {
  const over = new AbortController();
  const onOver = () => over.abort();
  const timer = setTimeout(onOver, timerMs(target.limitMs));
  signal.addEventListener('abort', onOver, { once: true });
  if (signal.aborted) onOver();
  let delivery: Delivery | undefined;
  const work = deliver(target, message, around, signal).then((came) => void (delivery = came));
  try {
    await new BoundedWait(over.signal, END_MS).for(work);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onOver);
  }
  if (delivery !== undefined) return delivery;
  if (signal.aborted) return { kind: 'cut', words: 'ended before it was done' };
  return { kind: 'later', words: `no end within ${target.limitMs / 1000} s` };
}
