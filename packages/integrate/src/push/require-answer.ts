import { Failure } from '@ralph/protocol/contract/failure';
import type { Settings } from '../site/settings.ts';
import { throwIfStopped } from '../site/stopped.ts';
import type { FetchEnd } from './target.ts';

/**
 * Sees that the remote has answered where nothing else can say whether work has landed.
 *
 * @throws Failure `origin_unreachable`, `push_auth`; Stopped
 */
export function requireAnswer({ remote }: Settings, end: FetchEnd, signal: AbortSignal): void {
  if (end.kind === 'fetched' || end.kind === 'missing') return;
  throwIfStopped(signal);
  const code = end.kind === 'auth' ? 'push_auth' : 'origin_unreachable';
  throw new Failure(code, `${remote.name} cannot be asked whether the work has landed: ${end.words}`);
}
