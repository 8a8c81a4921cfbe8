import { printable } from '@ralph/protocol/cli/printable';
import { isRun } from '../stop/judge-stop.ts';
import type { RunStatus } from './run-status.ts';

/** Returns, for a person, what goes on and what the next run would do first; each section only where there is something. */
export function runStatusText({
  lock,
  stop_requested: stop,
  recovery,
  closed_accounts: closed,
  loops,
}: RunStatus): string {
  const lines = ['', 'Loop:', `  ${loopWords(lock)}`];
  if (stop) lines.push('  asked to stop: nothing more is started');
  for (const { account, open_at: at, reason } of closed) lines.push(`  no agent of ${account} before ${at}: ${reason}`);
  if (recovery.length > 0) {
    lines.push('', 'The Next Run First:');
    for (const { task_id: id, action, reason } of recovery)
      lines.push(`  ${id}  ${action.replace('_', ' ')}: ${reason}`);
  }
  if (loops.length > 0) {
    lines.push('', 'Second Loops:');
    for (const { name, state, branch, next_command: next } of loops)
      lines.push(`  ${name}  ${state} on ${branch}; next: ${next}`);
  }
  return printable(`${lines.map((line) => line.replaceAll('\n', ' ')).join('\n')}\n`);
}

function loopWords({ locked, holder, evidence }: RunStatus['lock']): string {
  if (locked !== true)
    return evidence === 'none' ? 'not known: this machine cannot see who else may hold it' : 'no run goes on';
  const { pid, started = '?', prompt = '' } = (holder ?? {}) as { pid?: number; started?: string; prompt?: string };
  if (pid === undefined) return 'a run goes on; who holds the lock is not known';
  if (!isRun({ prompt })) return `no run goes on; pid ${pid} holds the lock since ${started}: ${prompt}`;
  return `a run goes on: pid ${pid}, since ${started}: ${prompt}`;
}
