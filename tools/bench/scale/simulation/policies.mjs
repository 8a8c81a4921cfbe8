// Ways of landing in the simulated world: ours by the program's own decisions, and models of what it is held against.

/**
 * @typedef {object} Costs seconds, as measured
 * @property {number} start from the start of the program until it looks at the target
 * @property {number} look to ask the remote where the target is
 * @property {number} build to rebase a candidate and prepare it
 * @property {number} gate what a gate takes besides its own time
 * @property {number} push until the remote has said that it is there
 * @property {number} peer what the plain commands of the peers take for one candidate: half before the gate, half after it
 */

/**
 * Returns a train that decides as the program does.
 *
 * @param {{ step: Function, EMPTY_LINE: object }} core
 * @param {{ landing: string, places: number, costs: Costs }} how
 */
export function train({ step, EMPTY_LINE }, { landing, places, costs }) {
  return (world) => {
    const { clock } = world;
    const tasks = new Map();
    /** What each commit stands on, and what it holds besides. */
    const commits = new Map();
    const green = new Set();
    const gates = new Map();
    let [line, target, made] = [EMPTY_LINE, 'main', 0];

    const happen = (happening) => {
      const next = step(line, [happening], { jobs: places, landing });
      line = next.line;
      for (const action of next.actions) begin(action);
    };

    /** The road between a commit and what has landed. */
    const above = function* (commit) {
      for (let at = commits.get(commit); at !== undefined && !at.landed; at = commits.get(at.onto)) yield at;
    };

    const isAtOdds = (task, onto) => {
      if (world.isOutdated(task)) return true;
      for (const other of above(onto)) if (other.task.area === task.area) return true;
      return false;
    };

    const built = (id, onto) => {
      const task = tasks.get(id);
      if (isAtOdds(task, onto)) return happen({ kind: 'conflicted', id, onto });
      const commit = `c${(made += 1)}`;
      const below = commits.get(onto);
      const isRed = task.red || (below !== undefined && !below.landed && below.isRed);
      commits.set(commit, { onto, task, isRed, landed: false });
      happen({ kind: 'built', id, onto, commit });
    };

    const judge = (id, commit) => {
      const [began, time] = [clock.now, world.gateTime()];
      const judged = (end) => {
        gates.delete(id);
        world.ran(clock.now - began);
        if (end === 'green') green.add(commit);
        happen({ kind: 'judged', id, commit, end });
      };
      const cancel = clock.after(costs.gate + time, () => judged(commits.get(commit).isRed ? 'red' : 'green'));
      gates.set(id, () => {
        cancel();
        clock.after(costs.build, () => judged('cut_off'));
      });
    };

    const pushed = (ids, commit) => {
      if (!green.has(commit)) throw new Error(`${commit} was pushed, and no gate has passed it`);
      const held = [...above(commit)].toReversed();
      if (commits.get(commit).isRed || held.length !== ids.length)
        throw new Error(`${ids.join()} were to land, and ${commit} holds something else`);
      for (const one of held) one.landed = true;
      target = commit;
      world.landed(held.map(({ task }) => task));
      for (const id of ids) tasks.delete(id);
      happen({ kind: 'pushed', ids, target });
    };

    const begin = (action) => {
      switch (action.kind) {
        case 'look':
          return clock.after(costs.look, () => happen({ kind: 'looked', target }));
        case 'build':
          return clock.after(costs.build, () => built(action.id, action.onto));
        case 'judge':
          return judge(action.id, action.commit);
        case 'cut_off':
          return gates.get(action.id)?.();
        case 'push':
          return clock.after(costs.push, () => pushed(action.ids, action.commit));
        case 'leave': {
          const task = tasks.get(action.id);
          if (action.why === 'red') clock.after(0, () => happen({ kind: 'gone', id: action.id }));
          return world.leaves(task, action.why);
        }
        default:
          throw new Error(`nobody knows what to do for ${action.kind}`);
      }
    };

    const arrive = (task) => {
      const id = `t${task.number}`;
      tasks.set(id, task);
      happen({ kind: 'arrived', id, number: task.number });
    };
    return { arrive: (task) => void clock.after(clock.now === 0 ? costs.start : 0, () => arrive(task)) };
  };
}

/**
 * The reference: each candidate by itself, and the gate again after each lost race. At its best: put on the target when its
 * gate has a place, not before it waits for one.
 *
 * @param {{ places: number, costs: Costs }} how
 */
export function loops({ places, costs: { peer } }) {
  return (world) => {
    const { clock } = world;
    const place = gatePlaces(places);
    const arrive = (task) => place((leave) => attempt(task, leave));
    const attempt = (task, leave) => {
      const base = world.height;
      const ends = (why) => {
        leave();
        world.leaves(task, why);
      };
      clock.after(peer / 2, () => {
        if (world.isOutdated(task)) return ends('conflict');
        const time = world.gateTime();
        clock.after(time, () => {
          world.ran(time);
          if (task.red) return ends('red');
          clock.after(peer / 2, () => {
            const isFirst = world.height === base;
            if (isFirst) world.landed([task]);
            leave();
            if (!isFirst) arrive(task);
          });
        });
      });
    };
    return { arrive };
  };
}

/**
 * One candidate after the other.
 *
 * @param {{ costs: Costs }} how
 */
export function queue({ costs: { peer } }) {
  return (world) => {
    const { clock } = world;
    const place = gatePlaces(1);
    const arrive = (task) =>
      place((leave) => {
        clock.after(peer / 2, () => {
          if (world.isOutdated(task)) {
            leave();
            return world.leaves(task, 'conflict');
          }
          const time = world.gateTime();
          clock.after(time, () => {
            world.ran(time);
            if (!task.red)
              return clock.after(peer / 2, () => {
                world.landed([task]);
                leave();
              });
            leave();
            world.leaves(task, 'red');
          });
        });
      });
    return { arrive };
  };
}

/** Returns a function that calls back when there is a place, first come first served, with what gives it back. */
function gatePlaces(count) {
  let free = count;
  const waiting = [];
  const give = (use) => {
    free -= 1;
    use(() => {
      free += 1;
      if (waiting.length > 0) give(waiting.shift());
    });
  };
  return (use) => (free > 0 ? give(use) : void waiting.push(use));
}
