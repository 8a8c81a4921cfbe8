import { schedule } from '../src/run/schedule.ts';
import { firstView, NOTHING_WAITS, type Action, type Happening, type Policy, type View } from '../src/run/view.ts';

/** What each attempt at a task comes to; the last holds for all that follow. */
export type Ending = 'land' | 'publish' | 'block' | 'fail_early' | 'fail_late' | 'limit' | 'limit_told';

export interface World {
  readonly policy: Policy;
  readonly tasks: readonly { readonly endings: readonly Ending[]; readonly resumes: boolean }[];
  readonly adopted: readonly Ending[];
  /** Chooses which of the things that can happen next does. */
  readonly choices: readonly number[];
  /** How often something changes from outside, a person asks for a task again, or the queue cannot be read. */
  readonly changes: number;
  readonly retries: number;
  readonly unreadable: number;
  /** After how many happenings it is asked to stop; a run that watches is always asked in the end. */
  readonly stopAfter: number | undefined;
  readonly stopReason: 'asked' | 'budget';
}

export interface Told {
  readonly faults: string[];
  readonly started: readonly string[];
  readonly view: View;
}

/**
 * Lets a schedule work in a world in which the next thing to happen is any of those that can. Returns what was wrong: too
 * many agents, a task at work twice, a question or a start after a stop or in a pause, an end too early, twice or never.
 */
export function simulate(world: World): Told {
  const faults: string[] = [];
  const started: string[] = [];
  const attempts = new Map<string, number>();
  /** Who is at work, and whether as an agent. */
  const atWork = new Map<string, 'agent' | 'landing'>();
  const retried = new Set<string>();
  const open: Happening[] = [];
  let question: Extract<Action, { kind: 'ask' }> | undefined;
  let [changes, retries, unreadable] = [world.changes, world.retries, world.unreadable];
  let view = firstView(world.policy);
  let now = 0;
  let finished = 0;
  let pausedUntil = 0;
  let stops = 0;
  let restarted = 0;

  const endingOf = (id: string): Ending => {
    const number = Number(id.slice(1));
    const endings = id.startsWith('A') ? [world.adopted[number] ?? 'land'] : (world.tasks[number]?.endings ?? []);
    return endings[(attempts.get(id) ?? 1) - 1] ?? endings.at(-1) ?? 'land';
  };

  const happen = (happening: Happening) => {
    if (finished > 0) faults.push(`${happening.kind} after the end`);
    const step = schedule(view, happening);
    view = step.view;
    for (const action of step.actions) begin(action);
  };

  const land = (id: string) => {
    atWork.set(id, 'landing');
    const ending = endingOf(id);
    const kind =
      ending === 'land' ? 'landed' : ending === 'publish' ? 'published' : ending === 'block' ? 'blocked' : 'failed';
    open.push({ kind, id });
  };

  const mayAskAfter = (stop: string) => stop === 'limit' || (stop === 'budget' && atWork.size === 0);

  const begin = (action: Action) => {
    switch (action.kind) {
      case 'ask':
        if (question !== undefined) faults.push('two questions at once');
        if (view.stopping !== undefined && !mayAskAfter(view.stopping)) faults.push('asks after a stop');
        if (view.stopping === 'limit' && !action.finishedOnly) faults.push('asks for a task to start after a limit');
        question = action;
        return;
      case 'start': {
        const { id } = action.task;
        if (atWork.has(id)) faults.push(`${id} is started while it is at work`);
        if (view.stopping !== undefined) faults.push(`${id} is started after a stop`);
        if (now < pausedUntil) faults.push(`${id} is started in a pause`);
        if (attempts.has(id)) restarted += 1;
        attempts.set(id, (attempts.get(id) ?? 0) + 1);
        started.push(id);
        atWork.set(id, 'agent');
        const agents = [...atWork.values()].filter((how) => how === 'agent').length;
        if (agents > world.policy.workers) faults.push(`${agents} agents`);
        const ending = endingOf(id);
        if (ending === 'limit' || ending === 'limit_told') {
          open.push({ kind: 'limited', id, retryAfter: ending === 'limit' ? undefined : 7, turnedAway: true, now: 0 });
        } else open.push(ending === 'fail_early' ? { kind: 'failed', id } : { kind: 'agent_started', id });
        return;
      }
      case 'adopt':
        if (atWork.has(action.id)) faults.push(`${action.id} is adopted while it is at work`);
        attempts.set(action.id, (attempts.get(action.id) ?? 0) + 1);
        land(action.id);
        return;
      case 'integrate':
        if (atWork.get(action.id) !== 'agent') faults.push(`${action.id} is landed without an agent`);
        land(action.id);
        return;
      case 'pause':
        pausedUntil = action.until;
        return;
      case 'look_again':
        open.push({ kind: 'looked_again' });
        return;
      case 'finish':
        finished += 1;
        if (atWork.size > 0) faults.push(`it ends while ${[...atWork.keys()].join()} is at work`);
        if (question !== undefined) faults.push('it ends with an open question');
        return;
      case 'remove':
      case 'wake':
      case 'stopping':
        return;
    }
  };

  const answer = ({ exclude, finishedOnly }: Extract<Action, { kind: 'ask' }>, chance: number): Happening => {
    if (unreadable > 0 && chance % 5 === 0) {
      unreadable -= 1;
      return { kind: 'unreadable' };
    }
    const next = world.tasks.findIndex((task, number) => {
      const isAsked = retried.has(`T${number}`);
      return finishedOnly ? isAsked && task.resumes : isAsked || !exclude.includes(`T${number}`);
    });
    if (next === -1) return { kind: 'none', waiting: NOTHING_WAITS, nextStart: undefined };
    const id = `T${next}`;
    const resumes = retried.has(id) && world.tasks[next]?.resumes === true;
    return { kind: 'selected', task: { id, title: id }, finished: resumes };
  };

  /** What may happen next, most of it once; an empty list means that the world stands still. */
  const possible = (): (() => void)[] => {
    const can = open.map((happening) => () => {
      open.splice(open.indexOf(happening), 1);
      if (happening.kind === 'agent_started') open.push({ kind: 'agent_ready', id: happening.id });
      else if ('id' in happening && happening.kind !== 'agent_ready') atWork.delete(happening.id);
      happen(happening.kind === 'limited' ? { ...happening, now } : happening);
    });
    const asked = question;
    if (asked !== undefined) {
      can.push(() => {
        question = undefined;
        const answered = answer(asked, choice());
        // ralph-state takes what a person has asked for as asked for until it is started.
        const isLanding = answered.kind === 'selected' && answered.finished;
        const isTaken =
          view.stopping === undefined ? now >= pausedUntil || isLanding : view.stopping === 'limit' && isLanding;
        if (answered.kind === 'selected' && isTaken) retried.delete(answered.task.id);
        happen(answered);
      });
    }
    if (changes > 0) can.push(() => ((changes -= 1), happen({ kind: 'changed' })));
    const ended = [...attempts.keys()].filter(
      (id) => id.startsWith('T') && !atWork.has(id) && view.phases.get(id) !== 'landed',
    );
    const [again] = ended;
    if (retries > 0 && again !== undefined) {
      can.push(() => {
        retries -= 1;
        retried.add(again);
        happen({ kind: 'changed' });
      });
    }
    if (now < pausedUntil) can.push(() => ((now = pausedUntil), happen({ kind: 'pause_over', now })));
    return can;
  };

  let at = 0;
  const choice = () => world.choices[at++ % world.choices.length] ?? 0;
  happen({ kind: 'begun', adopted: world.adopted.map((_, number) => `A${number}`) });
  for (let turn = 0; finished === 0; turn += 1) {
    if (turn === world.stopAfter) {
      stops += 1;
      happen({ kind: 'stop', reason: world.stopReason });
      continue;
    }
    const can = possible();
    const next = can[choice() % Math.max(1, can.length)];
    if (next !== undefined) next();
    else if (world.policy.watch && stops === 0) {
      stops += 1;
      happen({ kind: 'stop', reason: 'asked' });
    } else {
      faults.push('it stands still');
      break;
    }
    if (turn > 5000) {
      faults.push('it never ends');
      break;
    }
  }
  const distinct = attempts.size;
  const { maxTasks } = world.policy;
  const adopted = world.adopted.length;
  if (maxTasks > 0 && restarted === 0 && distinct > Math.max(maxTasks, adopted)) faults.push(`${distinct} tasks`);
  for (const id of attempts.keys()) {
    const phase = view.phases.get(id);
    if (phase === undefined || ['starting', 'running', 'integrating'].includes(phase)) faults.push(`${id}: ${phase}`);
  }
  const isFree = view.stopping === undefined && maxTasks === 0 && world.unreadable === 0;
  if (isFree)
    for (const [number] of world.tasks.entries()) if (!attempts.has(`T${number}`)) faults.push(`T${number} forgotten`);
  return { faults, started, view };
}
