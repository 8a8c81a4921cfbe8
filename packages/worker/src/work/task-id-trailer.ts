import { printable } from '@ralph/protocol/cli/printable';

/** Tells whether a commit message names a task: the id as a word of its own, so that RQ-1 is not found in RQ-12. */
export function carriesTaskId(message: string, taskId: string): boolean {
  const escaped = taskId.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`(?<![A-Za-z0-9._-])${escaped}(?![A-Za-z0-9_-]|\\.[A-Za-z0-9])`).test(message);
}

/** Returns a commit message with the task's id as its last trailer. */
export function withTaskId(message: string, taskId: string): string {
  const body = message.trimEnd();
  const trailer = `Ralph-Task: ${taskId}`;
  if (body === '') return `${taskId}\n\n${trailer}\n`;
  const paragraphs = body.split(/\n[ \t]*\n/);
  const last = paragraphs.length > 1 ? (paragraphs.at(-1) ?? '') : '';
  const isTrailers = last !== '' && last.split('\n').every((line) => /^(?:[A-Za-z0-9-]+: |[ \t]+\S)/.test(line));
  return `${body}${isTrailers ? '\n' : '\n\n'}${trailer}\n`;
}

/** Returns the message of a commit that we make for an agent: the id and the first line of the title, without control characters and what turns text. */
export function commitMessage(taskId: string, title: string): string {
  const [first = ''] = title.split(/[\r\n]/, 1);
  // A terminal would obey them in every `git log`.
  const line = printable(first).trim();
  return line === '' ? `${taskId}\n` : `${taskId}: ${line}\n`;
}
