import type { Task } from '@ralph/protocol/contract/task';
import { describeIssue } from '@ralph/protocol/contract/parse-line';
import { taskAgent } from '@ralph/protocol/contract/agent-settings';
import { timeOf } from '@ralph/protocol/contract/zoned-time';
import { placedTasks, problemAt, type Placed, type QueueProblem } from './queue-problem.ts';
import { isEnded } from './task-rules.ts';

/** Longest chain of open tasks that wait for each other before it is told (reference: max_dependency_depth). */
const DEEPEST_CHAIN = 10;

/**
 * Returns what stops nothing, but that a person should know of: times that ralph-agent-loop asks for, a start time that
 * cannot be read, an agent that cannot be called, dependencies on rejected tasks, long chains of open tasks, duplicates of ended tasks. Pure.
 */
export function findWarnings(queue: readonly Task[], done: readonly Task[]): QueueProblem[] {
  const placed = placedTasks(queue, done);
  const byId = new Map(placed.map((place) => [place.task.id, place]));
  return [
    ...placed.flatMap(missingTimes),
    ...placed.filter((place) => !isEnded(place)).flatMap((place) => openTaskWarnings(place, byId)),
    ...deepChains(placed.filter((place) => !isEnded(place))),
  ];
}

function missingTimes(place: Placed): QueueProblem[] {
  return (['created_at', 'updated_at'] as const)
    .filter((name) => place.task[name] === undefined)
    .map((name) => problemAt(place, `${name}_missing`, `has no ${name}; ralph-agent-loop asks for it`));
}

function openTaskWarnings(place: Placed, byId: ReadonlyMap<string, Placed>): QueueProblem[] {
  const { scheduled_start: start, depends_on: dependencies = [], duplicates } = place.task;
  const warnings: QueueProblem[] = [];
  if (typeof start === 'string' && Number.isNaN(timeOf(start))) {
    const message = `scheduled_start ${JSON.stringify(start)} cannot be read: the task counts as due`;
    warnings.push(problemAt(place, 'start_unreadable', message, ['scheduled_start']));
  }
  const asked = place.task.agent ?? undefined;
  const agent = asked === undefined ? undefined : taskAgent.safeParse(asked);
  if (agent?.success === false) {
    const message = `agent: ${describeIssue(agent.error)}: the task will fail when it is begun, unless a command behind -- does it`;
    warnings.push(problemAt(place, 'agent_unreadable', message, ['agent']));
  }
  for (const [index, id] of dependencies.entries()) {
    if (byId.get(id)?.task.status !== 'rejected') continue;
    const message = `depends on ${id}, which was rejected: it is not waited for`;
    warnings.push(problemAt(place, 'dependency_rejected', message, ['depends_on', index]));
  }
  const original = typeof duplicates === 'string' ? byId.get(duplicates) : undefined;
  if (original !== undefined && isEnded(original)) {
    const message = `duplicates ${original.task.id}, which has ended`;
    warnings.push(problemAt(place, 'duplicate_of_ended', message, ['duplicates']));
  }
  return warnings;
}

/** Tells of each chain once, at its last task: the one that nobody waits for. */
function deepChains(open: readonly Placed[]): QueueProblem[] {
  const depths = chainDepths(new Map(open.map(({ task }) => [task.id, task.depends_on ?? []])));
  const waitedFor = new Set(open.flatMap(({ task }) => task.depends_on ?? []));
  return open.flatMap((place) => {
    const depth = depths.get(place.task.id) ?? 0;
    if (depth <= DEEPEST_CHAIN || waitedFor.has(place.task.id)) return [];
    const message = `waits for a chain of ${depth} tasks, one after the other`;
    return [problemAt(place, 'chain_deep', message, ['depends_on'])];
  });
}

/** Returns how many tasks stand in the longest chain before each; what stands on a circle counts as no chain. */
function chainDepths(dependencies: ReadonlyMap<string, readonly string[]>): ReadonlyMap<string, number> {
  const depths = new Map<string, number>();
  const entered = new Set<string>();
  for (const start of dependencies.keys()) {
    const open = [start];
    for (let id = open.at(-1); id !== undefined; id = open.at(-1)) {
      const own = (dependencies.get(id) ?? []).filter((other) => dependencies.has(other));
      const fresh = entered.has(id) ? [] : own.filter((other) => !entered.has(other));
      entered.add(id);
      if (fresh.length > 0) {
        open.push(...fresh);
        continue;
      }
      open.pop();
      if (!depths.has(id)) depths.set(id, Math.max(0, ...own.map((other) => (depths.get(other) ?? 0) + 1)));
    }
  }
  return depths;
}
