import { RALPH_PATHS } from '@ralph/protocol/contract/paths';
import type { Task } from '@ralph/protocol/contract/task';

/** What every agent has to keep to. */
export const RULES = [
  'You are alone in this folder: a fresh copy of the repository, made for this task only.',
  'Commit your work, or leave your edits in place: they will be committed for you.',
  'Do not push, and do not edit .ralph/queue.jsonc or .ralph/done.jsonc: both happen after you have ended.',
].join(' ');

/** Returns what a task says: its title, what is asked, and all that is known of how. */
export function taskText(task: Task): string {
  const parts = [
    task.title,
    [task.description, task.request].filter(isFilled).join('\n\n'),
    section('Plan', task.plan),
    section('Scope', task.scope),
    section('Notes', task.notes),
    section('Evidence', task.evidence),
  ];
  return parts.filter(isFilled).join('\n\n');
}

/** Returns how follow-ups are proposed. What is proposed joins the queue when the work has landed, and not before. */
export function followUpRule(taskId: string): string {
  const form = `{"version":1,"source_task_id":${JSON.stringify(taskId)},"tasks":[{"key":"short-name","title":"…"}]}`;
  return [
    `Work that should follow as a task of its own may be proposed in ${RALPH_PATHS.followups}/${taskId}.json: ${form};`,
    'each task may have description, priority, tags, scope, evidence, plan, depends_on_keys and independence_rationale, no other fields.',
  ].join('\n');
}

function section(heading: string, items: readonly string[] | undefined): string {
  return items === undefined || items.length === 0
    ? ''
    : [`${heading}:`, ...items.map((item) => `- ${item}`)].join('\n');
}

function isFilled(text: string | null | undefined): text is string {
  return typeof text === 'string' && text.trim() !== '';
}
