import type { AnyEvent } from '../contract/events.ts';
import { printable } from './printable.ts';

/** Returns the line that a person at a terminal sees for an event; nothing for events that only machines need. */
export function eventText(event: AnyEvent): string | undefined {
  const words = describe(event);
  if (words === undefined) return undefined;
  const time = new Date(event.at).toTimeString().slice(0, 8);
  return printable(event.task_id === undefined ? `${time}  ${words}` : `${time}  ${event.task_id.padEnd(10)} ${words}`);
}

function describe(event: AnyEvent): string | undefined {
  switch (event.type) {
    case 'run.started':
      return `run ${event.run_id}: at most ${event.workers} side by side, landing on ${event.target_branch}`;
    case 'run.finished': {
      const { length: published } = event.published ?? [];
      const reviews = published === 0 ? '' : `${published} published, `;
      return `run ended: ${event.outcome} (${event.landed.length} landed, ${reviews}${event.failed.length} failed, ${event.blocked.length} blocked)`;
    }
    case 'run.stopping':
      return `nothing new is started: ${event.reason}`;
    case 'run.paused':
      return `no agent is started for ${event.retry_after} s: ${event.reason}`;
    case 'lock.acquired':
      return `holding ${event.path}`;
    case 'lock.busy':
      return `busy: ${event.path}`;
    case 'lock.released':
      return `released ${event.path}`;
    case 'lock.lost':
      return `lost ${event.path}: ${event.reason}`;
    case 'task.selected':
      return event.how === 'adopt' ? 'its finished work is taken up' : undefined;
    case 'task.recovered':
      return `${event.action.replace('_', ' ')}: ${event.reason}`;
    case 'workspace.ready':
      return `workspace ready in ${event.duration_ms} ms`;
    case 'agent.started':
      return `${event.agent?.name ?? 'agent'}${event.phase === undefined ? '' : `, ${event.phase},`} started (pid ${event.pid}): ${event.title ?? ''}`;
    case 'agent.progress':
      return undefined;
    case 'agent.finished':
      return `agent ended: ${endWords(event)}, ${event.commits} commit${event.commits === 1 ? '' : 's'}`;
    case 'work.salvaged':
      return `work kept as ${event.ref}`;
    case 'rebase.conflicted':
      return `conflict in ${event.files.join(', ')}`;
    case 'ci.started':
      return `${gateName(event)} running${event.with === undefined ? '' : `, also for ${event.with.join(', ')}`}`;
    case 'ci.passed':
      return `${gateName(event)} passed in ${event.duration_ms} ms${event.cached ? ' (known)' : ''}`;
    case 'ci.failed':
      return `${gateName(event)} failed (${event.timed_out ? 'time limit' : `status ${event.exit_code ?? event.signal}`})`;
    case 'remediation.started':
      return `resolver at work (try ${event.remedy}): ${event.code}`;
    case 'remediation.finished':
      return `resolver ended: ${event.result}${event.reason === undefined ? '' : `: ${event.reason}`}`;
    case 'push.rejected':
      return `push rejected: ${event.verdict}`;
    case 'task.skipped':
      return `not started: ${event.reason}`;
    case 'task.receipt':
      return undefined;
    case 'task.completed':
      return `landed as ${event.commit.slice(0, 10)}`;
    case 'task.published':
      return `published as ${event.branch}`;
    case 'task.blocked':
      return `blocked: ${event.reason}`;
    case 'task.failed':
      return `failed: ${event.reason}`;
    case 'watch.started':
      return `watching ${event.path}: ${event.records} record${event.records === 1 ? '' : 's'}`;
    case 'record.changed':
      return changeWords(event);
    case 'record.removed':
      return `${event.before} -> no record`;
    case 'state.retargeted':
      return `target branch: ${event.before || 'none'} -> ${event.target_branch || 'none'}`;
    case 'task':
    case 'workspace.removed':
    case 'integrate.started':
    case 'rebase.done':
      return undefined;
    default:
      return undefined;
  }
}

function gateName({ gate }: { readonly gate?: string | undefined }): string {
  return gate === undefined ? 'gate' : `gate ${gate}`;
}

function endWords(event: Extract<AnyEvent, { type: 'agent.finished' }>): string {
  if (event.reason !== 'exited') return event.reason.replace('_', ' ');
  const end = event.signal === null ? `status ${event.exit_code}` : event.signal;
  return event.code === undefined ? end : `${end}, ${event.code}`;
}

function changeWords({ before, lifecycle, record }: Extract<AnyEvent, { type: 'record.changed' }>): string {
  const [error = ''] = (record.last_error ?? '').split('\n');
  const why = error === '' || before === lifecycle ? '' : `: ${error}`;
  if (before === null) return `${lifecycle}${why}`;
  return before === lifecycle ? `${lifecycle}, more is known` : `${before} -> ${lifecycle}${why}`;
}
