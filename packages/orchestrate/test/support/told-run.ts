import type { AnyEvent } from '@ralph/protocol/contract/events';
import { ReceiptKeeper } from '../../src/record/receipt-keeper.ts';

export interface RunShape {
  readonly tasks: number;
  readonly workers?: number;
  /** How long an agent takes, about. */
  readonly agentMs?: number;
  readonly begin?: number;
  /** Whether it tells of its end. */
  readonly isKilled?: boolean;
  readonly usage?: boolean;
  readonly titles?: (number: number) => string;
}

const commit = (number: number) => (number + 1).toString(16).padStart(40, 'c');

/** Returns the id of a run that `toldRun` tells of. */
export function idOf(begin: number): string {
  return `run-${new Date(begin).toISOString().replace(/[-:]|\..*/g, '')}-abc123`;
}

/**
 * Returns the events of a run such as it tells them, receipts and totals included: most tasks land, each seventh fails, each
 * eleventh meets a red gate that a resolver mends, each thirteenth one that nobody mends. The same shape gives the same run.
 */
export function toldRun(shape: RunShape): AnyEvent[] {
  const { tasks, workers = 4, agentMs = 60_000, begin = Date.UTC(2026, 0, 1, 9), isKilled = false } = shape;
  const run_id = idOf(begin);
  const events: AnyEvent[] = [];
  const keeper = new ReceiptKeeper(run_id);
  const tell = (at: number, fields: Record<string, unknown>) => {
    const event = { v: 1, at: new Date(Math.round(at)).toISOString(), ...fields } as unknown as AnyEvent;
    events.push(event);
  };
  tell(begin, { type: 'run.started', run_id, target_branch: 'main', workers });
  const free = Array.from({ length: workers }, () => begin + 50);
  let gateFree = begin;
  for (let n = 0; n < tasks; n += 1) {
    const slot = free.indexOf(Math.min(...free));
    const start = free[slot] ?? begin;
    const story = new TaskTeller(n, shape, tell);
    const agentEnd = story.tell(start, agentMs * (0.4 + ((n * 7919) % 100) / 80), gateFree);
    free[slot] = agentEnd + 30;
    gateFree = Math.max(gateFree, agentEnd) + agentMs / (workers * 3);
  }
  const sorted = events.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at));
  const told = sorted.flatMap((event) => {
    const fields = keeper.take(event);
    return fields === undefined
      ? [event]
      : [event, { v: 1 as const, type: 'task.receipt' as const, at: event.at, ...fields }];
  });
  if (isKilled) return told.slice(0, Math.ceil(told.length * 0.7));
  const end = Date.parse(told.at(-1)?.at ?? '') + 40;
  const ids = (type: string) => told.flatMap((event) => (event.type === type ? [event.task_id ?? ''] : []));
  const [landed, failed, blocked] = [ids('task.completed'), ids('task.failed'), ids('task.blocked')];
  const counts = { landed: landed.length, failed: failed.length, blocked: blocked.length, waiting: 0, published: 0 };
  const outcome = failed.length + blocked.length > 0 ? 'partial' : 'completed';
  const sums = { counts, landed, failed, blocked, published: [], duration_ms: end - begin, totals: keeper.totals };
  const at = new Date(end).toISOString();
  return [...told, { v: 1, type: 'run.finished', at, run_id, outcome, ...sums } as unknown as AnyEvent];
}

/** Tells what happens to one task. */
class TaskTeller {
  readonly #n: number;
  readonly #shape: RunShape;
  readonly #tell: (at: number, fields: Record<string, unknown>) => void;

  constructor(n: number, shape: RunShape, tell: (at: number, fields: Record<string, unknown>) => void) {
    this.#n = n;
    this.#shape = shape;
    this.#tell = tell;
  }

  /** Tells of all of it; returns when its agent ended. */
  tell(start: number, agentMs: number, gateFree: number): number {
    const n = this.#n;
    const { titles = (number: number) => `Do the thing number ${number}`, usage: hasUsage = true } = this.#shape;
    const of = { task_id: `RQ-${String(n + 1).padStart(4, '0')}`, attempt: 1 };
    const told = (at: number, type: string, fields: object = {}) => this.#tell(at, { type, ...of, ...fields });
    const title = titles(n);
    const work = { workspace_path: `/w/${of.task_id}`, base_commit: commit(n), log_path: `/logs/${of.task_id}.1.log` };
    const usage = {
      input_tokens: 900 + n,
      output_tokens: 300 + 3 * n,
      cache_read_tokens: 15_000,
      cost_usd: (n % 9) / 100,
      model: 'opus',
    };
    const used = hasUsage && n % 5 !== 4 ? { usage } : {};
    const { workspace_path } = work;
    told(start, 'task.selected', { title, how: 'start' });
    const ready = start + agentMs / 20 + 20;
    told(ready, 'workspace.ready', {
      workspace_path,
      base_commit: commit(n),
      reused: false,
      duration_ms: Math.round(agentMs / 25),
    });
    const identity = { pid: 7, start_time: '1', boot_id: 'b' };
    told(ready + 10, 'agent.started', { pid: 7, identity, title, ...work });
    const agentEnd = ready + 10 + agentMs;
    const fails = n % 7 === 3;
    const end = { exit_code: fails ? 3 : 0, signal: null, reason: 'exited', head_commit: commit(n) };
    const done = { commits: fails ? 0 : 2, changed_files: fails ? 0 : 3, duration_ms: Math.round(agentMs) };
    const last_lines = ['looking at it', `thing ${n} is done`];
    told(agentEnd, 'agent.finished', { ...end, ...done, ...work, title, last_lines, ...used });
    if (fails) {
      const reason = 'agent ended with status 3: it does not know how';
      told(agentEnd + 60, 'task.failed', {
        reason,
        code: 'agent_failed',
        last_lines,
        log_path: work.log_path,
        next_command: `ralph-worker logs ${of.task_id}`,
      });
      return agentEnd;
    }
    this.#integrate(told, agentEnd, { agentMs, gateFree, workspace_path, title, used });
    return agentEnd;
  }

  #integrate(
    told: (at: number, type: string, fields?: object) => void,
    from: number,
    given: { agentMs: number; gateFree: number; workspace_path: string; title: string; used: object },
  ): void {
    const n = this.#n;
    const { agentMs, gateFree, workspace_path, title, used } = given;
    const tree = commit(n);
    const gateMs = agentMs / 10;
    const rebased = (at: number) => told(at, 'rebase.done', { commit: commit(n), base_commit: commit(n) });
    told(from + 30, 'integrate.started', { base: 'origin/main' });
    rebased(from + 90);
    let at = Math.max(from + 120, gateFree);
    told(at, 'ci.started', { command: 'make ci', tree });
    at += gateMs;
    const [isRed, isHopeless] = [n % 11 === 5, n % 13 === 8];
    if (isRed || isHopeless) {
      const red = { tree, cause: 'red', exit_code: 1, signal: null, timed_out: false, log_path: `/logs/${n}.ci.log` };
      told(at, 'ci.failed', { ...red, tail: 'test 17 failed\nexpected 1, got 2\n', duration_ms: Math.round(gateMs) });
      told(at + 40, 'remediation.started', {
        remedy: 1,
        code: 'ci_failed',
        handoff_path: '/h',
        log_path: '/logs/r.log',
      });
      at += 40 + agentMs / 3;
      const result = isHopeless ? 'failed' : 'resolved';
      told(at, 'remediation.finished', { remedy: 1, result, duration_ms: Math.round(agentMs / 3), ...used });
      if (isHopeless) {
        const reason = 'the gate ended with status 1: test 17 failed';
        told(at + 20, 'task.blocked', {
          reason,
          code: 'ci_failed',
          attempts: 1,
          workspace_path,
          next_command: `cd ${workspace_path} && make ci`,
          land_command: `ralph-integrate one ${n}`,
        });
        return;
      }
      rebased(at + 50);
      told(at + 80, 'ci.started', { command: 'make ci', tree });
      at += 80 + gateMs;
    }
    told(at, 'ci.passed', { tree, cached: false, duration_ms: Math.round(gateMs) });
    const push = Math.max(200, agentMs / 30);
    told(at + push, 'task.completed', { commit: commit(n), push_attempts: 1, ci_runs: 1, workspace_path, title });
  }
}
