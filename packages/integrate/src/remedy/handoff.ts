import { constants } from 'node:os';
import type { Handoff } from '@ralph/protocol/contract/handoff';

/** The whole packet is shorter than that. */
export const PACKET_BYTES = 100 * 1024;
/** Of the output of a gate, before it is escaped. */
export const OUTPUT_BYTES = 64 * 1024;

/** What each field may take as JSON; the last output of the gate gets what is left. */
const FIELD_BYTES = {
  task_id: 1024,
  task_title: 1024,
  target_branch: 1024,
  git_status: 4096,
  phase_summary: 4096,
  task_intent: 8192,
  reason: 2048,
  command: 2048,
  log_path: 4608,
} as const;
const FILES_BYTES = 16_384;

/** What is said of the queue and the done file to whoever mends the work. */
const QUEUE_DONE_RULES = [
  'Do not edit .ralph/queue.jsonc or .ralph/done.jsonc by hand.',
  'When they are in conflict, take those of the target branch.',
  'The task is moved from queue to done by ralph-integrate, behind the work.',
  'Tasks of others stay exactly as they are on the target branch.',
];

export interface HandoffParts {
  readonly taskId: string;
  readonly title: string;
  readonly targetBranch: string;
  readonly attempt: number;
  readonly maxAttempts: number;
  readonly files: readonly string[];
  readonly gitStatus: string;
  readonly summary: string;
  readonly intent: string;
  readonly code: string;
  readonly reason: string;
  readonly gate: GateFacts | undefined;
  readonly now: Date;
}

export interface GateFacts {
  readonly command: string;
  readonly output: string;
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly timedOut: boolean;
  readonly logPath: string;
}

/**
 * Returns the text of a handoff packet, shorter than 100 KiB whatever is in it: of what is too long the beginning is
 * kept, of the output of the gate the end.
 */
export function handoffText(parts: HandoffParts): string {
  const { gate } = parts;
  const packet = (lastOutput: string) => `${JSON.stringify(handoffOf(parts, lastOutput), null, 2)}\n`;
  const rest = PACKET_BYTES - 1 - Buffer.byteLength(packet(''));
  return gate === undefined ? packet('') : packet(endOf(endOf(gate.output, OUTPUT_BYTES, plainBytes), rest));
}

function handoffOf(parts: HandoffParts, lastOutput: string): Handoff {
  const { gate, files } = parts;
  const shown = filesWithin(files, FILES_BYTES);
  return {
    task_id: field('task_id', parts.taskId),
    task_title: field('task_title', parts.title),
    target_branch: field('target_branch', parts.targetBranch),
    attempt: parts.attempt,
    max_attempts: parts.maxAttempts,
    conflict_files: shown,
    ...(shown.length < files.length ? { conflict_files_more: files.length - shown.length } : {}),
    git_status: field('git_status', parts.gitStatus),
    phase_summary: field('phase_summary', parts.summary),
    task_intent: field('task_intent', parts.intent),
    ...(gate === undefined ? {} : { ci_context: gateContext(gate, lastOutput) }),
    generated_at: parts.now.toISOString(),
    queue_done_rules: { rules: [...QUEUE_DONE_RULES] },
    code: parts.code,
    reason: field('reason', parts.reason),
  };
}

function gateContext(gate: GateFacts, lastOutput: string): NonNullable<Handoff['ci_context']> {
  return {
    command: field('command', gate.command),
    last_output: lastOutput,
    exit_code: statusOf(gate),
    log_path: field('log_path', gate.logPath),
  };
}

/** As a shell tells it: 124 at the time limit, 128+n after signal n. */
export function statusOf({ exitCode, signal, timedOut }: Pick<GateFacts, 'exitCode' | 'signal' | 'timedOut'>): number {
  if (timedOut) return 124;
  if (exitCode !== null) return exitCode;
  return 128 + (signal === null ? 0 : (constants.signals[signal as NodeJS.Signals] ?? 0));
}

function field(name: keyof typeof FIELD_BYTES, text: string): string {
  // Each takes a byte at least.
  const begin = text.slice(0, FIELD_BYTES[name] + 1);
  const characters = [...begin];
  let bytes = 0;
  const end = characters.findIndex((character) => (bytes += jsonBytes(character)) > FIELD_BYTES[name]);
  return end === -1 ? text : characters.slice(0, end).join('');
}

/** Names are whole or not there: a part of one would be another file. */
function filesWithin(files: readonly string[], limit: number): string[] {
  let bytes = 0;
  const end = files.findIndex((file) => (bytes += jsonBytes(file) + 8) > limit);
  return end === -1 ? [...files] : files.slice(0, end);
}

function endOf(text: string, limit: number, bytesOf: (character: string) => number = jsonBytes): string {
  const end = text.slice(-limit - 1);
  const characters = [...end];
  let bytes = 0;
  const cut = characters.findLastIndex((character) => (bytes += bytesOf(character)) > limit);
  return characters.slice(cut + 1).join('');
}

function plainBytes(text: string): number {
  return Buffer.byteLength(text);
}

/** What a text takes between its quotes. */
function jsonBytes(text: string): number {
  return Buffer.byteLength(JSON.stringify(text)) - 2;
}
