import { nearestWord } from '@ralph/protocol/cli/nearest-word';
import { withoutControls } from '@ralph/protocol/cli/printable';
import { RALPH_PATHS } from '@ralph/protocol/contract/paths';
import type { Phase } from '@ralph/protocol/contract/phases';
import type { Task } from '@ralph/protocol/contract/task';
import { followUpRule, RULES, taskText } from './task-text.ts';

/** What a template may name. */
export const TEMPLATE_NAMES = [
  'task',
  'task_id',
  'title',
  'target_branch',
  'base_commit',
  'plan_file',
  'summary_file',
  'rules',
  'followups',
  'handing_on',
] as const;

type TemplateName = (typeof TEMPLATE_NAMES)[number];

/** What is filled in and what is refused must be found by the same pattern: nothing may stay as it is. */
const NAMED = /\{\{([^{}\n]*)\}\}/g;

/** One that is alone on its line goes with it where there is nothing to say. */
const ALONE = /^\{\{([^{}\n]*)\}\}\n(?:\n|$)?/gm;

/** Of a name that is none. */
const LONGEST_SHOWN = 80;

export interface PromptFacts {
  readonly task: Task;
  readonly phase: Phase;
  /** All phases of the task. */
  readonly phases: readonly Phase[];
  readonly targetBranch: string;
  /** Nothing where the workspace is yet to be made. */
  readonly baseCommit: string | undefined;
}

/** Returns the file in which the plan of a task is handed on, seen from its workspace. */
export function planFile(taskId: string): string {
  return `${RALPH_PATHS.plans}/${taskId}.md`;
}

/** Returns the file in which is handed on what was done for a task, seen from its workspace. */
export function summaryFile(taskId: string): string {
  return `${RALPH_PATHS.summaries}/${taskId}.md`;
}

/**
 * Returns what an agent reads. Control characters become spaces (reference: part A13), since some agents show the prompt on
 * a terminal. What a task says is not searched for names.
 */
export function renderPrompt(template: string, facts: PromptFacts): string {
  const values = valuesOf(facts);
  const text = template
    .replaceAll('\r\n', '\n')
    .replaceAll(ALONE, (line, word: string) => (valueOf(values, word) === '' ? '' : line))
    .replaceAll(NAMED, (braced, word: string) => valueOf(values, word) ?? braced);
  return `${withoutControls(text).trimEnd()}\n`;
}

/** Returns what is wrong with a template, by line; nothing where it is well. */
export function templateProblem(template: string): { readonly line: number; readonly text: string } | undefined {
  for (const match of template.matchAll(NAMED)) {
    const name = (match[1] ?? '').trim();
    if ((TEMPLATE_NAMES as readonly string[]).includes(name)) continue;
    const shown = name.slice(0, LONGEST_SHOWN);
    const near = nearestWord(shown, TEMPLATE_NAMES);
    const meant = near === undefined ? `there are ${TEMPLATE_NAMES.join(', ')}` : `did you mean {{${near}}}?`;
    return {
      line: template.slice(0, match.index).split('\n').length,
      text: `{{${shown}}} stands for nothing: ${meant}`,
    };
  }
  return template.trim() === '' ? { line: 1, text: 'it is empty' } : undefined;
}

function valuesOf({ task, phase, phases, targetBranch, baseCommit }: PromptFacts): Record<TemplateName, string> {
  const summary = summaryFile(task.id);
  const isHandedOn = phase === 'implement' && phases.at(-1) !== 'implement';
  return {
    task: taskText(task),
    task_id: task.id,
    title: task.title,
    target_branch: targetBranch,
    base_commit: baseCommit ?? `origin/${targetBranch}`,
    plan_file: planFile(task.id),
    summary_file: summary,
    rules: RULES,
    followups: followUpRule(task.id),
    handing_on: isHandedOn
      ? `Your work will be reviewed: at the end write to ${summary}, in some lines, what you did, what differs from the plan and why, and how it was tested.`
      : '',
  };
}

function valueOf(values: Readonly<Record<string, string>>, word: string): string | undefined {
  const name = word.trim();
  return Object.hasOwn(values, name) ? values[name] : undefined;
}
