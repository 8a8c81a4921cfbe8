import { EMPTY_LINE, type Action, type Landing, type Line } from '../src/train/line.ts';
import type { Happening } from '../src/train/happened.ts';
import { step } from '../src/train/step.ts';

export interface World {
  readonly candidates: readonly {
    readonly red: boolean;
    readonly conflicts: readonly number[];
    readonly mends: boolean;
  }[];
  readonly jobs: number;
  readonly landing: Landing;
  readonly choices: readonly number[];
  readonly foreignPushes: number;
  readonly refusedTogether: number;
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
  let gateRuns = 0;
  let waiting = [...truth.keys()];
  let line: Line = EMPTY_LINE;
  const open: Action[] = [];
  let at = 0;

  const isRed = (commit: string) => holds(commit).some((id) => truth.get(id)?.red === true && !mended.has(id));
  const clash = (id: string, onto: string) =>
    !mended.has(id) && holds(onto).some((other) => truth.get(id)?.conflicts.includes(truth.get(other)?.number ?? -1));
  const workOf = (id: string) => open.filter((action) => 'id' in action && action.id === id && action.kind !== 'leave');

  const happen = (happening: Happening) => {
    const next = step(line, happening, { jobs: world.jobs, landing: world.landing });
    line = next.line;
    for (const action of next.actions) begin(action);
  };

  const begin = (action: Action) => {
    switch (action.kind) {
      case 'look':
        break;
      case 'build':
        if (workOf(action.id).length > 0) faults.push(`${action.id} is built while it is worked on`);
        break;
      case 'judge':
        gateRuns += 1;
        if (workOf(action.id).length > 0) faults.push(`${action.id} is judged while it is worked on`);
        if (open.filter(({ kind }) => kind === 'judge').length >= world.jobs) faults.push('too many gates');
        break;
      case 'cut_off': {
        const index = open.findIndex((one) => one.kind === 'judge' && one.id === action.id);
        if (index === -1) faults.push(`${action.id} is cut off, but not judged`);
        else open[index] = { kind: 'cut_off', id: action.id };
        return;
      }
      case 'push':
        if (open.some(({ kind }) => kind === 'push')) faults.push('two pushes at once');
        if (!green.has(action.commit)) faults.push(`untested: ${action.commit}`);
        if (!action.ids.every((id) => holds(action.commit).includes(id)))
          faults.push(`not in it: ${action.ids.join()}`);
        break;
      case 'leave':
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

  const end = (action: Action) => {
    open.splice(open.indexOf(action), 1);
    switch (action.kind) {
      case 'look':
        return happen({ kind: 'looked', target });
      case 'build':
        if (clash(action.id, action.onto)) return happen({ kind: 'conflicted', id: action.id, onto: action.onto });
        return happen({ kind: 'built', id: action.id, onto: action.onto, commit: `${action.onto}+${action.id}` });
      case 'judge': {
        const red = isRed(action.commit);
        if (red) judgedRed.set(action.id, action.commit.slice(0, -`+${action.id}`.length));
        else green.add(action.commit);
        return happen({ kind: 'judged', id: action.id, commit: action.commit, end: red ? 'red' : 'green' });
      }
      case 'cut_off':
        return happen({ kind: 'judged', id: action.id, commit: '', end: 'cut_off' });
      case 'push': {
        const { ids, commit } = action;
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
        if (truth.get(action.id)?.mends !== true) return happen({ kind: 'gone', id: action.id });
        mended.add(action.id);
        return happen({ kind: 'arrived', id: action.id, number: truth.get(action.id)?.number ?? 0 });
      }
    }
  };

  for (let steps = 0; steps < 3000; steps += 1) {
    const choices = [...open];
    const total = choices.length + (waiting.length > 0 ? 1 : 0) + (foreign > 0 && open.length > 0 ? 1 : 0);
    if (total === 0) break;
    const choice = (world.choices[at++ % world.choices.length] ?? 0) % total;
    const action = choices[choice];
    if (action !== undefined) end(action);
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
    if ((sound || mends) && !landed.includes(id)) faults.push(`${id} has not landed`);
    if (red && !mended.has(id) && landed.includes(id)) faults.push(`${id} is red and has landed`);
  }
  faults.push(...outOfOrder(landed, truth));
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
