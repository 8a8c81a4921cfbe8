import { TOKEN_FIELDS, type Usage } from '../contract/usage.ts';
import { addUsage, usageBeyond } from './add-usage.ts';
import { CodexText } from './codex-text.ts';
import { JsonLines } from './json-lines.ts';
import { toldUsage } from './told-usage.ts';
import type { Told } from './told.ts';
import { WholeLines } from './whole-lines.ts';

/** Sessions of one agent that are remembered, to know what restates from what adds. */
const SESSIONS = 100;

/** What a session has used before it goes on. */
export interface UsedBefore {
  readonly session: string;
  readonly usage: Usage;
}

/**
 * Adds up what an agent says that it used, while its output comes. However that is cut into pieces, the sum is the same;
 * what is held of it does not grow with it. Never throws.
 */
export class UsageTally {
  readonly #lines: WholeLines;
  readonly #json: JsonLines;
  readonly #text = new CodexText((told) => this.#take(told));
  /** What counts for good. */
  #settled: Usage | undefined;
  /** What each session has said last. */
  readonly #sessions = new Map<string, Usage>();
  /** Sessions of Claude whose process may say more than once what it has used so far. */
  readonly #announced = new Set<string>();
  #thread: string | undefined;
  readonly #before: Usage | undefined;
  #isTold = false;

  /**
   * @param also is given each JSON value too that tells what the agent did or used
   * @param before what the session that goes on has used before, which Codex tells again
   */
  constructor(also: (value: unknown) => void = () => {}, before?: UsedBefore) {
    this.#before = before?.usage;
    if (before !== undefined) this.#sessions.set(keyOf('codex', before.session), before.usage);
    this.#json = new JsonLines((value) => {
      for (const told of toldUsage(value)) this.#take(told);
      also(value);
    });
    const readers = [this.#json, this.#text];
    this.#lines = new WholeLines({
      take: (lines) => {
        for (const reader of readers) reader.take(lines);
      },
      miss: () => {
        for (const reader of readers) reader.miss();
      },
    });
  }

  /** Takes the next bytes of the output, and keeps none of them. */
  push(bytes: Buffer): void {
    this.#lines.push(bytes);
  }

  /** Output is missing here: what comes does not go on where it has ended. */
  gap(): void {
    this.#lines.gap();
  }

  /** Says that what came last is a whole line, although it lacks its end. */
  settle(): void {
    this.#lines.end();
  }

  /** Returns what was used, at the end of the output; nothing when the agent has not said. */
  end(): Usage | undefined {
    this.settle();
    return this.soFar();
  }

  /** Returns what was used by the lines that have come so far; nothing when the agent has not said. */
  soFar(): Usage | undefined {
    const sum = [...this.#sessions.values()].reduce<Usage | undefined>(addUsage, this.#settled);
    return this.#isTold && sum !== undefined ? usageBeyond(sum, this.#before) : undefined;
  }

  /** Returns what a session has used that Codex will tell again when it goes on; nothing for those of other agents. */
  toldAgain(session: string): Usage | undefined {
    return this.#sessions.get(keyOf('codex', session));
  }

  #take(told: Told): void {
    if (told.kind === 'session') {
      if (told.agent === 'codex') this.#thread = told.session;
      else remember(this.#announced, told.session);
      return;
    }
    this.#isTold = true;
    const session = told.session ?? (told.agent === 'codex' ? this.#thread : undefined);
    if (session === undefined) this.#settled = addUsage(this.#settled, told.usage);
    else this.#said(keyOf(told.agent, session), told, told.agent !== 'claude' || this.#announced.has(session));
  }

  /**
   * @param mayRestate whether the process goes on after it has said what it used; where each process says so once, a
   *   second statement in the same session is that of another process
   */
  #said(key: string, { usage, counts }: Extract<Told, { kind: 'used' }>, mayRestate: boolean): void {
    const before = this.#sessions.get(key);
    const restates =
      before !== undefined &&
      (counts === 'last' || isSame(before, usage) || (counts === 'so_far' && mayRestate && isIn(before, usage)));
    if (before !== undefined && !restates) this.#settled = addUsage(this.#settled, before);
    this.#sessions.delete(key);
    this.#sessions.set(key, usage);
    const [oldest = key] = this.#sessions.keys();
    if (this.#sessions.size <= SESSIONS) return;
    this.#settled = addUsage(this.#settled, this.#sessions.get(oldest));
    this.#sessions.delete(oldest);
  }
}

function keyOf(agent: string | undefined, session: string): string {
  return `${agent ?? ''} ${session}`;
}

const FIGURES = [...TOKEN_FIELDS, 'cost_usd'] as const;

function isSame(one: Usage, other: Usage): boolean {
  return FIGURES.every((name) => one[name] === other[name]);
}

/** A counter that has begun anew is that of another process. */
function isIn(before: Usage, usage: Usage): boolean {
  return FIGURES.every((name) => (before[name] ?? 0) <= (usage[name] ?? 0));
}

function remember(known: Set<string>, session: string): void {
  known.add(session);
  const [oldest = session] = known;
  if (known.size > SESSIONS) known.delete(oldest);
}
