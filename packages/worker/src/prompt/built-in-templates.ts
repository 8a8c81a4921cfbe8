import type { Phase } from '@ralph/protocol/contract/phases';

const TASK = `{{task}}

Task: {{task_id}}

{{rules}}

{{followups}}
`;

const PLAN = `Plan the task below; another run will do it by your plan, so change nothing yet.

{{task}}

Task: {{task_id}}

Read what you need in this folder, a copy of the repository for this task only. Then write the plan to {{plan_file}}, in
Markdown: what has to be changed, file by file and in which order, how it is tested, and what may go wrong. Whoever follows
it has not seen what you have read: name files, functions and commands. Change no other file, and do not commit.
`;

const IMPLEMENT = `{{task}}

Task: {{task_id}}

It has been planned: read {{plan_file}} first and follow it. Where the plan turns out wrong, do the better thing.

{{rules}}

{{followups}}

{{handing_on}}
`;

const REVIEW = `Review what was done for the task below, and mend what is wrong with it.

{{task}}

Task: {{task_id}}

The plan is in {{plan_file}}, what was done in {{summary_file}}; git status and git diff {{base_commit}} show the work itself.
Look whether it does what was asked, whether anything is missing, wrong, untested or does not belong here, and whether the
tests pass. Mend what you find. When there is nothing to mend, change nothing and say so.

{{rules}}

{{followups}}
`;

/** What an agent is told in each phase, where the repository has no template of its own. */
export const BUILT_IN_TEMPLATES: Readonly<Record<Phase, string>> = {
  task: TASK,
  plan: PLAN,
  implement: IMPLEMENT,
  review: REVIEW,
};
