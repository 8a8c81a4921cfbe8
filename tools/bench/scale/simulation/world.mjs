// What is around a policy of landing: agents that finish work, the target branch, and what is counted.
import { generator } from '../../measure/generated-repository.mjs';
import { Clock } from './clock.mjs';

/** As ralph-orchestrate: no agent is started while more than this many times the agents wait for the gate. */
const WAITING_AT_MOST = 2;
/** Times of agents and gates lie evenly between these shares of the mean. */
const [LEAST, MOST] = [0.5, 1.5];
const [GATE_LEAST, GATE_MOST] = [0.9, 1.1];

/**
 * @typedef {object} Task
 * @property {number} number by its end
 * @property {boolean} red
 * @property {number} area of the repository that it changes
 * @property {number} seen landings that were on the target when its agent began: what has landed in its area since then is in
 *   conflict with it
 * @property {number} finished
 *
 * @typedef {object} Conditions
 * @property {number} seed
 * @property {number} gate seconds in the mean
 * @property {number} red share
 * @property {number} [areas] Infinity: nothing is ever in conflict
 * @property {number} [mend] seconds until what was in conflict comes again
 * @property {number} [counted] from which second on things are counted
 */

export class World {
  clock = new Clock();
  /** How many have landed. */
  height = 0;
  /** @type {{ number: number, at: number, waited: number }[]} */
  landings = [];
  left = 0;
  /** Gate runs, their seconds, and when one was begun last. */
  ciRuns = 0;
  gateSeconds = 0;
  conflicts = 0;
  #random;
  #conditions;
  #policy;
  #tops = new Map();
  #finished = 0;
  #waiting = 0;
  #held = 0;
  #agents = 0;

  /**
   * @param {Conditions} conditions
   * @param {(world: World) => { arrive: (task: Task) => void }} policy
   */
  constructor(conditions, policy) {
    this.#conditions = conditions;
    this.#random = generator(conditions.seed);
    this.#policy = policy(this);
  }

  /** Has so many agents work without end, each on one task after the other. */
  keepBusy(agents, seconds) {
    this.#agents = agents;
    // In the middle of their work, not all at its beginning.
    for (let agent = 0; agent < agents; agent += 1) this.#work(seconds, this.#random() * seconds);
  }

  /** Has tasks end all at once, the reds among them by name. */
  finishTogether(count, reds = []) {
    for (let index = 0; index < count; index += 1) this.#finish(0, reds.includes(index));
  }

  /** Tells whether something that a task changes was changed on the target since its agent began. */
  isOutdated({ area, seen }) {
    return (this.#tops.get(area) ?? 0) > seen;
  }

  gateTime() {
    const { gate } = this.#conditions;
    return gate * (GATE_LEAST + (GATE_MOST - GATE_LEAST) * this.#random());
  }

  /** Counts a gate run; `seconds` may be less than a whole one when it was cut off. */
  ran(seconds) {
    if (!this.#counts()) return;
    this.ciRuns += 1;
    this.gateSeconds += seconds;
  }

  /** @param {Task[]} tasks in the order of the target */
  landed(tasks) {
    for (const { number, area, finished } of tasks) {
      this.height += 1;
      this.#tops.set(area, this.height);
      if (this.#counts()) this.landings.push({ number, at: this.clock.now, waited: this.clock.now - finished });
      this.#goesOn();
    }
  }

  /** Takes a red one out for good; one in conflict comes again when it has been mended on the target as it is now. */
  leaves(task, why) {
    if (why === 'red') {
      if (this.#counts()) this.left += 1;
      return this.#goesOn();
    }
    if (this.#counts()) this.conflicts += 1;
    const mended = { ...task, seen: this.height };
    this.clock.after(this.#conditions.mend ?? 0, () => this.#policy.arrive(mended));
  }

  #counts() {
    return this.clock.now >= (this.#conditions.counted ?? 0);
  }

  #work(seconds, first = seconds * (LEAST + (MOST - LEAST) * this.#random())) {
    const seen = this.height;
    this.clock.after(first, () => {
      this.#finish(seen);
      if (this.#waiting > WAITING_AT_MOST * this.#agents) this.#held += 1;
      else this.#work(seconds);
      this.#agentSeconds = seconds;
    });
  }

  #agentSeconds = 0;

  #goesOn() {
    this.#waiting -= 1;
    if (this.#held === 0 || this.#waiting > WAITING_AT_MOST * this.#agents) return;
    this.#held -= 1;
    this.#work(this.#agentSeconds);
  }

  #finish(seen, isRed) {
    const { red, areas = Infinity } = this.#conditions;
    const number = (this.#finished += 1);
    const [drawn, place] = [this.#random() < red, this.#random()];
    const area = areas === Infinity ? -number : Math.floor(place * areas);
    this.#waiting += 1;
    this.#policy.arrive({ number, red: isRed ?? drawn, area, seen, finished: this.clock.now });
  }
}
