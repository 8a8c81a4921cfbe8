// The whole policy of a run as one pure function: what has happened goes in, what to do next comes out. The shell
// around it carries lines between processes and decides nothing.
import { absorb } from './absorb.ts';
import { count, isActive, maxReached, type Action, type Happening, type View } from './view.ts';

export interface Step {
  readonly view: View;
  readonly actions: readonly Action[];
}

/**
 * Decides what follows from one happening. A task that was attempted in this run is not taken again in it, unless a rate
 * limit turned it away or somebody has asked for it since.
 */
export function schedule(view: View, happening: Happening): Step {
  // What comes after the end changes what is known, and nothing else.
  if (view.over) return { view: absorb(view, happening).next, actions: [] };
  const { next, actions } = absorb(view, happening);
  if (mayAsk(next)) return { view: { ...next, asking: true }, actions: [...actions, question(next)] };
  if (isOver(next)) return { view: { ...next, over: true }, actions: [...actions, { kind: 'finish' }] };
  return { view: next, actions };
}

function question({ phases, scopes, policy, held, stopping }: View): Action {
  const exclude: string[] = [];
  const busy: string[] = [];
  const busyScopes: string[] = [];
  for (const [id, phase] of phases) {
    if (phase !== 'limited') exclude.push(id);
    if (!isActive(phase)) continue;
    busy.push(id);
    if (policy.scopesWait) busyScopes.push(...(scopes.get(id) ?? []));
  }
  return { kind: 'ask', exclude, busy, busyScopes, finishedOnly: held || stopping === 'limit' };
}

function mayAsk(view: View): boolean {
  if (view.asking || view.idle !== undefined || maxReached(view)) return false;
  // Whether a spent budget keeps anything from being done is only known when everything else has ended.
  if (view.stopping === 'budget') return !view.left && count(view, 'starting', 'running', 'integrating') === 0;
  // What is finished lands without an agent, whatever limit there is.
  if (view.stopping !== undefined && view.stopping !== 'limit') return false;
  const { workers } = view.policy;
  // Work that waits to be integrated holds a workspace each; agents are not to run away from the gate.
  return count(view, 'starting', 'running') < workers && count(view, 'integrating') < 2 * workers;
}

function isOver(view: View): boolean {
  if (view.asking || count(view, 'starting', 'running', 'integrating') > 0) return false;
  if (view.stopping === 'budget' && !view.left && !maxReached(view)) return view.idle !== undefined;
  if (view.stopping === 'limit' && !maxReached(view)) return view.idle !== undefined;
  if (view.stopping !== undefined || maxReached(view)) return true;
  if (view.held) return false;
  if (view.idle === undefined || view.policy.watch) return false;
  // An editor that writes in place leaves half a queue for a moment.
  return !view.unreadable || view.lookedAgain;
}
