import type { Failure, FailureCode } from '@ralph/protocol/contract/failure';
import type { RateLimit } from './rate-limit.ts';
import type { AgentEnd } from '../agent/run-agent.ts';

/** What the judgement of an agent looks at. */
export type JudgedEnd = Omit<
  AgentEnd,
  'outputBytes' | 'lastLines' | 'usage' | 'counts' | 'doer' | 'session' | 'sessionUsage'
>;

const NAMED_FILES = 3;

/** What an agent left in its workspace. */
export interface WorkLeft {
  /** Commits of its own on top of what origin has. */
  readonly commits: number;
  /** Why the workspace cannot be taken as finished: a rebase in progress, a repository inside. */
  readonly unfinished: string | undefined;
  /** Files that its commits add and none may. */
  readonly secrets: readonly string[];
}

export type Verdict =
  | { readonly kind: 'ready' }
  | { readonly kind: 'no_changes' }
  | { readonly kind: 'unfinished'; readonly what: string }
  | { readonly kind: 'secrets'; readonly files: readonly string[] }
  | { readonly kind: 'limited'; readonly limit: RateLimit }
  | { readonly kind: 'failed'; readonly exitCode: number }
  | { readonly kind: 'broken' }
  | { readonly kind: 'cut_short'; readonly failure: Failure }
  | { readonly kind: 'signalled'; readonly signal: string }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'idle_timeout' }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'stopped' };

/** Tells whether an agent has ended as one that did its work. */
export function endedWell(end: JudgedEnd): boolean {
  return end.cause === 'exited' && end.exitCode === 0 && !end.isBroken;
}

/** Decides what an attempt came to. Work is ready only when the agent ended well and left finished commits. */
export function judge(end: JudgedEnd, work: WorkLeft): Verdict {
  switch (end.cause) {
    case 'timeout':
      return { kind: 'timeout' };
    case 'idle_timeout':
      return { kind: 'idle_timeout' };
    case 'cancelled':
      return { kind: end.isRequested ? 'stopped' : 'cancelled' };
    case 'exited':
      if (end.exitCode === null) return { kind: 'signalled', signal: end.signal ?? 'a signal' };
      if (!endedWell(end) && end.limit !== undefined) return { kind: 'limited', limit: end.limit };
      if (end.exitCode !== 0) return { kind: 'failed', exitCode: end.exitCode };
      if (end.isBroken) return { kind: 'broken' };
      if (end.cutShort !== undefined) return { kind: 'cut_short', failure: end.cutShort };
      if (end.missing !== undefined) return { kind: 'unfinished', what: end.missing };
      if (work.unfinished !== undefined) return { kind: 'unfinished', what: work.unfinished };
      if (work.secrets.length > 0) return { kind: 'secrets', files: work.secrets };
      if (work.commits > 0) return { kind: 'ready' };
      return end.limit === undefined ? { kind: 'no_changes' } : { kind: 'limited', limit: end.limit };
  }
}

export interface AttemptFailure {
  readonly code: FailureCode;
  readonly reason: string;
  /** Seconds after which it may be tried again, where that is known. */
  readonly retryAfterS?: number;
}

/** Returns why an attempt failed, for programs and for people; nothing when it did not. */
export function failureOf(verdict: Verdict, lastLine: string): AttemptFailure | undefined {
  const said = lastLine === '' ? '' : `: ${lastLine}`;
  switch (verdict.kind) {
    case 'ready':
      return undefined;
    case 'no_changes':
      return { code: 'no_changes', reason: `agent ended with status 0 but left no changes${said}` };
    case 'unfinished':
      return { code: 'agent_failed', reason: `agent ended with status 0 but left ${verdict.what}` };
    case 'secrets':
      return {
        code: 'secrets_committed',
        reason: `agent committed ${someOf(verdict.files)}: files that hold secrets by custom, and files of a run, are not handed on`,
      };
    case 'limited':
      return { code: 'rate_limited', reason: `agent met a limit of its provider${said}`, ...verdict.limit };
    case 'failed':
      return { code: 'agent_failed', reason: `agent ended with status ${verdict.exitCode}${said}` };
    case 'broken':
      return { code: 'agent_failed', reason: `agent ended with status 0, but on an error of its own${said}` };
    case 'cut_short':
      return { code: verdict.failure.code, reason: verdict.failure.message };
    case 'signalled':
      return { code: 'agent_signalled', reason: `agent was ended by ${verdict.signal}${said}` };
    case 'timeout':
      return { code: 'agent_timeout', reason: `agent was ended at its time limit${said}` };
    case 'idle_timeout':
      return { code: 'agent_idle_timeout', reason: `agent was ended since it printed nothing for too long${said}` };
    case 'cancelled':
      return { code: 'cancelled', reason: 'agent was ended because the run was stopped' };
    case 'stopped':
      return { code: 'cancelled', reason: 'stopped on request' };
  }
}

/** A long list is cut short. */
function someOf(files: readonly string[]): string {
  const more = files.length - NAMED_FILES;
  return `${files.slice(0, NAMED_FILES).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
