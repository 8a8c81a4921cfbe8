import { signalProcess } from '@ralph/protocol/process/process-list';
import { membersOf, type Member } from './victims.ts';

/** Who is killed: all at once. */
export const TARGETS = [
  'orchestrate',
  'orchestrate',
  'orchestrate',
  'one',
  'one',
  'one',
  'two',
  'two',
  'all',
  'all',
  'all and watchers',
  'tool',
] as const;

export type Target = (typeof TARGETS)[number];

/** Events behind which kills are aimed. */
const AIMS = [
  'run.started',
  'task.recovered',
  'task.selected',
  'workspace.ready',
  'agent.started',
  'agent.finished',
  'integrate.started',
  'rebase.done',
  'rebase.conflicted',
  'remediation.started',
  'remediation.finished',
  'ci.started',
  'ci.passed',
  'ci.failed',
  'task.completed',
  'task.blocked',
  'task.failed',
  'workspace.removed',
  'work.salvaged',
  'run.finished',
] as const;

/** A moment of a run: some time after its start, or after an event was told for the n-th time. */
export interface Moment {
  readonly event: string | undefined;
  readonly occurrence: number;
  readonly delayMs: number;
}

/** One stroke: who, when. */
export interface Blow {
  readonly target: Target;
  readonly moment: Moment;
  /** Chance of its own, for the choice among those that are there. */
  readonly dice: readonly number[];
}

const LONGEST_RUN_MS = 3500;
/** So long, or longer, a run takes from its start to its first agent. */
const LONGEST_START_MS = 500;
const LONGEST_DELAY_MS = 60;

/** A second blow comes while the first one is still being dealt with. */
const LONGEST_PAUSE_MS = 400;

/** Returns blows of chance for one run: mostly one, sometimes more that follow it closely. */
export function blowsOf(random: () => number): Blow[] {
  const blows = [firstBlow(random)];
  while (random() < 0.3) {
    const moment = { event: undefined, occurrence: 1, delayMs: Math.round(random() * LONGEST_PAUSE_MS) };
    blows.push({ target: pick(TARGETS, random()), moment, dice: [random(), random()] });
  }
  return blows;
}

function firstBlow(random: () => number): Blow {
  const target = pick(TARGETS, random());
  const isAimed = random() < 0.65;
  const event = isAimed ? pick(AIMS, random()) : undefined;
  const nth = 1 + Math.floor(random() * 3);
  const occurrence = event?.startsWith('run.') === true ? 1 : nth;
  const isEarly = random() < 0.4;
  const delayMs = Math.round(random() * (isAimed ? LONGEST_DELAY_MS : isEarly ? LONGEST_START_MS : LONGEST_RUN_MS));
  return { target, moment: { event, occurrence, delayMs }, dice: [random(), random()] };
}

/** Kills; returns the names of those that were hit. */
export function strike(folder: string, { target, dice }: Blow): string[] {
  const hit = chosen(membersOf(folder), target, dice);
  for (const { pid } of hit) signalProcess(pid, 'SIGKILL');
  return hit.map(({ role, words }) => role ?? words.slice(0, 3).join(' '));
}

function chosen(members: readonly Member[], target: Target, [first = 0, second = 0]: readonly number[]): Member[] {
  const programs = members.filter(({ role }) => role?.startsWith('ralph-') === true);
  const siblings = programs.filter(({ role }) => role !== 'ralph-orchestrate');
  switch (target) {
    case 'orchestrate':
      return programs.filter(({ role }) => role === 'ralph-orchestrate');
    case 'one':
      return some(siblings, first);
    case 'two': {
      const one = some(programs, first);
      return [
        ...one,
        ...some(
          programs.filter((each) => !one.includes(each)),
          second,
        ),
      ];
    }
    case 'all':
      return programs;
    case 'all and watchers':
      return members.filter(({ role }) => role !== undefined);
    case 'tool': {
      const tools = members.filter(isOurTool);
      return some(tools.length > 0 ? tools : siblings, first);
    }
  }
}

/**
 * A git or a flock of ours. Not one that works in the user's checkout or on the server: what such a one leaves behind is
 * for whoever owns that place.
 */
function isOurTool({ role, words, cwd }: Member): boolean {
  const [program = ''] = words;
  if (role !== undefined || !/(?:^|\/)(?:git|flock)$/.test(program)) return false;
  return !words.includes('merge') && !words.includes('receive-pack') && cwd.includes('/.workspaces/');
}

function some<T>(from: readonly T[], at: number): T[] {
  return from.length === 0 ? [] : [pick(from, at)];
}

function pick<T>(from: readonly T[], at: number): T {
  return from[Math.floor(at * from.length)] as T;
}
