import { EMPTY_LINE, type Action, type Landing, type Line } from '../src/train/line.ts';
import type { Happening } from '../src/train/happened.ts';
import { step } from '../src/train/step.ts';

export interface World {
  readonly candidates: readonly {
    readonly red: boolean;
    readonly conflicts: readonly number[];
    /** How often it has to be mended before it can land; 0: nobody can mend it. */
    readonly mends: number;
  }[];
  readonly jobs: number;
  readonly landing: Landing;
  readonly choices: readonly number[];
  readonly foreignPushes: number;
  readonly refusedTogether: number;
  /** How often something breaks: the remote cannot be asked, a workspace is gone, there is no further try. */
  readonly breaks: number;
}

export interface Told {
  readonly faults: string[];
  readonly gateRuns: number;
  readonly landed: readonly string[];
}

/** A commit of this world is the list of what it holds: `main`, names of candidates, and pushes of others. */
const holds = (commit: string): string[] => commit.split('+');

/**
 * Lets a line work in a world in which the next thing to happen is any of those that can. Returns what was wrong: a push
 * of what no gate has passed, two works in one workspace, too many gates, an order that nothing explains, a standstill.
 */
export function simulate(world: World): Told {
  const faults: string[] = [];
  const truth = new Map(world.candidates.map((one, number) => [`c${number}`, { ...one, number }]));
  const mended = new Set<string>();
  const green = new Set<string>();
  /** What each red one stood on. */
  const judgedRed = new Map<string, string>();
  const landed: string[] = [];
  const left = new Set<string>();
  let target = 'main';
  let foreign = world.foreignPushes;
  let refusals = world.refusedTogether;
  let breaks = world.breaks;
  const gone = new Set<string>();
  const away = new Map<string, number>();
  let gateRuns = 0;
  let waiting = [...truth.keys()];
  let line: Line = EMPTY_LINE;
  const open: Action[] = [];
  /** Whose gates are being ended. They may have a word of their own all the same. */
  const cutOff = new Set<string>();
  let at = 0;

  const isRed = (commit: string) => holds(commit).some((id) => truth.get(id)?.red === true && !mended.has(id));
  const clash = (id: string, onto: string) =>
    !mended.has(id) && holds(onto).some((other) => truth.get(id)?.conflicts.includes(truth.get(other)?.number ?? -1));
  const isPushed = (id: string) => open.some((action) => action.kind === 'push' && action.ids.includes(id));
  const workOf = (id: string) => open.filter((action) => 'id' in action && action.id === id && action.kind !== 'leave');

  const happen = (...happenings: Happening[]) => {
    const next = step(line, happenings, { jobs: world.jobs, landing: world.landing });
    line = next.line;
    for (const action of next.actions) begin(action);
  };

  const begin = (action: Action) => {
    const ids = action.kind === 'look' ? [] : action.kind === 'push' ? action.ids : [action.id];
    for (const id of ids) if (gone.has(id)) faults.push(`${action.kind} of ${id}, which has ended`);
    switch (action.kind) {
      case 'look':
        break;
      case 'build':
        if (workOf(action.id).length > 0) faults.push(`${action.id} is built while it is worked on`);
        if (isPushed(action.id)) faults.push(`${action.id} is built while it is pushed`);
        break;
      case 'judge':
        gateRuns += 1;
        if (workOf(action.id).length > 0) faults.push(`${action.id} is judged while it is worked on`);
        if (open.filter(({ kind }) => kind === 'judge').length >= world.jobs) faults.push('too many gates');
        break;
      case 'cut_off': {
        const index = open.findIndex((one) => one.kind === 'judge' && one.id === action.id);
        if (index === -1) faults.push(`${action.id} is cut off, but not judged`);
        else cutOff.add(action.id);
        return;
      }
      case 'push':
        if (open.some(({ kind }) => kind === 'push')) faults.push('two pushes at once');
        if (!green.has(action.commit)) faults.push(`untested: ${action.commit}`);
        if (!action.ids.every((id) => holds(action.commit).includes(id)))
          faults.push(`not in it: ${action.ids.join()}`);
        break;
      case 'leave':
        if (isPushed(action.id)) faults.push(`${action.id} leaves while it is pushed`);
        if (action.why === 'conflict' && !clash(action.id, target))
          faults.push(`${action.id} has no conflict with ${target}`);
        if (action.why === 'red' && !(truth.get(action.id)?.red === true && !mended.has(action.id)))
          faults.push(`${action.id} left as red`);
        if (action.why === 'red' && !target.startsWith(judgedRed.get(action.id) ?? '-'))
          faults.push(`${action.id} left before those in front of it had landed`);
        left.add(action.id);
        break;
    }
    open.push(action);
  };

  /** Something breaks, for all of these or for one of them. */
  const broken = (ids: readonly string[], all: boolean): Happening[] => {
    breaks -= 1;
    const out = ids.slice(0, all ? ids.length : 1);
    for (const id of out) gone.add(id);
    return out.map((id) => ({ kind: 'gone', id }));
  };

  const end = (action: Action, chance: number) => {
    open.splice(open.indexOf(action), 1);
    const breaksNow = breaks > 0 && chance % 4 === 0;
    switch (action.kind) {
      case 'look':
        if (breaksNow)
          return happen(
            ...(chance % 8 === 0
              ? broken(
                  line.places.map(({ id }) => id),
                  chance % 16 === 0,
                )
              : []),
            { kind: 'not_looked' },
          );
        return happen({ kind: 'looked', target });
      case 'build':
        if (breaksNow) return happen(...broken([action.id], true));
        if (clash(action.id, action.onto)) return happen({ kind: 'conflicted', id: action.id, onto: action.onto });
        return happen({ kind: 'built', id: action.id, onto: action.onto, commit: `${action.onto}+${action.id}` });
      case 'judge': {
        if (breaksNow) {
          cutOff.delete(action.id);
          const over: Happening = { kind: 'judged', id: action.id, commit: action.commit, end: 'cut_off' };
          return happen(over, ...broken([action.id], true));
        }
        if (cutOff.delete(action.id) && chance % 2 === 0)
          return happen({ kind: 'judged', id: action.id, commit: action.commit, end: 'cut_off' });
        const red = isRed(action.commit);
        if (red) judgedRed.set(action.id, action.commit.slice(0, -`+${action.id}`.length));
        else green.add(action.commit);
        return happen({ kind: 'judged', id: action.id, commit: action.commit, end: red ? 'red' : 'green' });
      }
      case 'cut_off':
        return;
      case 'push': {
        const { ids, commit } = action;
        if (breaksNow) {
          const others: Happening[] = chance % 8 === 0 ? [] : [{ kind: 'not_pushed', ids, apart: false }];
          return happen(...broken(ids, others.length === 0 || chance % 3 === 0), ...others);
        }
        if (ids.length > 1 && refusals > 0) {
          refusals -= 1;
          return happen({ kind: 'not_pushed', ids, apart: true });
        }
        if (!commit.startsWith(`${target}+`)) return happen({ kind: 'not_pushed', ids, apart: false });
        for (const id of ids) if (landed.includes(id)) faults.push(`${id} landed twice`);
        landed.push(...ids);
        target = commit;
        return happen({ kind: 'pushed', ids, target });
      }
      case 'leave': {
        left.delete(action.id);
        const { mends = 0 } = truth.get(action.id) ?? {};
        if (mends === 0) {
          gone.add(action.id);
          return happen({ kind: 'gone', id: action.id });
        }
        const times = (away.get(action.id) ?? 0) + 1;
        away.set(action.id, times);
        if (times >= mends) mended.add(action.id);
        return happen({ kind: 'arrived', id: action.id, number: truth.get(action.id)?.number ?? 0 });
      }
    }
  };

  for (let steps = 0; steps < 3000; steps += 1) {
    const choices = [...open];
    const total = choices.length + (waiting.length > 0 ? 1 : 0) + (foreign > 0 && open.length > 0 ? 1 : 0);
    if (total === 0) break;
    const drawn = world.choices[at++ % world.choices.length] ?? 0;
    const choice = drawn % total;
    const action = choices[choice];
    if (action !== undefined) end(action, drawn);
    else if (choice === choices.length && waiting.length > 0) {
      const [id = '', ...rest] = waiting;
      waiting = rest;
      happen({ kind: 'arrived', id, number: truth.get(id)?.number ?? 0 });
    } else {
      foreign -= 1;
      target = `${target}+f${foreign}`;
    }
  }
  if (line.places.length > 0 || open.length > 0 || left.size > 0) {
    faults.push(`stands still with ${JSON.stringify(line)} and ${JSON.stringify(open)}`);
  }
  for (const [id, { red, conflicts, mends }] of truth) {
    const sound = !red && conflicts.length === 0;
    if ((sound || mends > 0) && !gone.has(id) && !landed.includes(id)) faults.push(`${id} has not landed`);
    if (red && !mended.has(id) && landed.includes(id)) faults.push(`${id} is red and has landed`);
  }
  // What was red together with others may be overtaken before those have broken down.
  const settled = world.breaks === 0 ? landed : landed.filter((id) => !judgedRed.has(id));
  faults.push(...outOfOrder(settled, truth));
  return { faults, gateRuns, landed };
}

/** Those to which nothing happened land in the order in which they came. */
function outOfOrder(
  landed: readonly string[],
  truth: ReadonlyMap<string, { red: boolean; conflicts: readonly number[]; number: number }>,
): string[] {
  const smooth = landed.flatMap((id) => {
    const one = truth.get(id);
    return one !== undefined && !one.red && one.conflicts.length === 0 ? [one.number] : [];
  });
  const sorted = smooth.toSorted((a, b) => a - b);
  return smooth.join() === sorted.join() ? [] : [`landed in the order ${smooth.join()}`];
}
