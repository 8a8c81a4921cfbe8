import { withoutControls } from '@ralph/protocol/cli/printable';
/** What a resolver is told of its task. */
export interface PromptFacts {
  readonly taskId: string;
  readonly title: string;
  readonly remedy: number;
  readonly maxRemedies: number;
  /** As people write it: `origin/main`. */
  readonly target: string;
  readonly trouble: Trouble;
  /** Why the try before counted for nothing. */
  readonly before: string | undefined;
  readonly handoffPath: string;
  /** What the agent of the task was asked. */
  readonly intent: string;
}

export type Trouble =
  | { readonly kind: 'conflict'; readonly way: 'rebase' | 'merge'; readonly files: readonly string[] }
  | {
      readonly kind: 'gate';
      readonly command: string;
      readonly how: string;
      readonly output: string;
      readonly logPath: string;
    };

const MOST_FILES = 200;
const NAME_LENGTH = 1000;
const INTENT_LENGTH = 16_384;
const OUTPUT_LENGTH = 16_384;

/**
 * Returns what a resolver reads on its stdin, 64 KiB at most but for the names of files. Control characters become
 * spaces (reference: part A13).
 */
export function resolverPrompt(facts: PromptFacts): string {
  const { taskId, title, remedy, maxRemedies, target, trouble, before, handoffPath, intent } = facts;
  return [
    `Mend the work on ${taskId}${title === '' ? '' : ` (${cut(title, NAME_LENGTH)})`}, so that it can land on ${target}. This is try ${remedy} of ${maxRemedies}.`,
    ...(before === undefined ? [] : [`The try before counted for nothing: ${cut(before, NAME_LENGTH)}.`]),
    troubleText(trouble, target),
    [
      `Keep both sides: what ${target} has, and what the task was to do. Work that drops the change of the task is refused.`,
      'Do not push. Do not edit .ralph/queue.jsonc or .ralph/done.jsonc: the task is moved to done behind the work.',
      'End with status 0 when it is mended, and with another one when you cannot mend it.',
    ].join('\n'),
    `All that is known is in ${handoffPath}.`,
    ...(intent.trim() === '' ? [] : [`The task was:\n\n${cut(intent.trim(), INTENT_LENGTH)}`]),
  ]
    .map((part) => `${withoutControls(part)}\n`)
    .join('\n');
}

function troubleText(trouble: Trouble, target: string): string {
  switch (trouble.kind) {
    case 'conflict':
      return [
        `A ${trouble.way} with ${target} is in progress in this folder and has stopped at conflicts in:`,
        ...nameList(trouble.files),
        '',
        'Resolve them in the files, and remove every conflict marker. You may leave the edits as they are, or go on with',
        `git add and git ${trouble.way} --continue.`,
      ].join('\n');
    case 'gate':
      return [
        `The work stands on ${target} in this folder, and its gate ${trouble.how}:`,
        '',
        `    ${cut(trouble.command, NAME_LENGTH)}`,
        '',
        `Its whole output is in ${trouble.logPath}; it ended with:`,
        '',
        trouble.output.slice(-OUTPUT_LENGTH),
        '',
        'Mend the work until the gate passes. You may commit, or leave the edits as they are.',
      ].join('\n');
  }
}

function nameList(files: readonly string[]): string[] {
  const more = files.length - MOST_FILES;
  const shown = files.slice(0, MOST_FILES).map((file) => `- ${cut(file, NAME_LENGTH)}`);
  return more > 0 ? [...shown, `- and ${more} more: git status`] : shown;
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length)}…`;
}
