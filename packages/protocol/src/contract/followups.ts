import * as z from 'zod';

/** No proposal is larger, in bytes. */
export const FOLLOWUPS_LIMIT_BYTES = 1024 * 1024;

/** No task proposes more. */
export const MOST_FOLLOWUPS = 100;

const line = z
  .string()
  .max(1000)
  .regex(/^(?=.*\S)\P{Cc}+$/u, 'must be one line of text');
const list = z.array(z.string().regex(/\S/, 'must not be blank')).max(1000);

const fields = {
  key: line.describe('names it within the proposal'),
  title: line,
  description: z.string().nullish(),
  priority: z.enum(['critical', 'high', 'medium', 'low']).optional(),
  tags: list.optional(),
  scope: list.optional(),
  evidence: list.optional(),
  plan: list.optional(),
  depends_on_keys: list.optional().describe('keys of others in the proposal that have to end before it'),
  independence_rationale: z.string().nullish().describe('why it is a task of its own'),
};

/** A task that an agent proposes to follow its own; it has no id yet. */
export const followup = z.looseObject(fields);

export type Followup = z.infer<typeof followup>;

/** The tasks of one proposal: their keys are unique, and what they depend on forms no circle. */
export const followups = z.array(followup).max(MOST_FOLLOWUPS).superRefine(requireSoundKeys);

/**
 * `.ralph/cache/followups/TASK.json` in a workspace: tasks that an agent proposes, which are added to the queue when its
 * own task lands (reference: part A20). Unknown fields are refused.
 */
export const followupProposal = z.strictObject({
  version: z.literal(1),
  source_task_id: z.string().min(1).describe('the task of the agent'),
  tasks: z.array(z.strictObject(fields)).max(MOST_FOLLOWUPS).superRefine(requireSoundKeys),
});

export type FollowupProposal = z.infer<typeof followupProposal>;

function requireSoundKeys(tasks: readonly Followup[], context: z.RefinementCtx): void {
  const refuse = (index: number, message: string) => {
    context.addIssue({ code: 'custom', path: [index, 'key'], message });
  };
  const keys = new Set<string>();
  for (const [index, { key }] of tasks.entries()) {
    if (keys.has(key)) refuse(index, `the key ${JSON.stringify(key)} occurs twice`);
    keys.add(key);
  }
  for (const [index, { key, depends_on_keys: on = [] }] of tasks.entries()) {
    const missing = on.find((other) => !keys.has(other));
    if (missing !== undefined)
      refuse(index, `${JSON.stringify(key)} depends on ${JSON.stringify(missing)}, which is not proposed`);
  }
  const [caught] = onCircles(tasks, keys);
  if (caught === undefined) return;
  const index = tasks.findIndex(({ key }) => key === caught);
  refuse(index, `${JSON.stringify(caught)} depends on itself, by way of others or not`);
}

/** What is left when all whose dependencies have gone are taken away, again and again. */
function onCircles(tasks: readonly Followup[], known: ReadonlySet<string>): ReadonlySet<string> {
  let left = new Set(known);
  for (;;) {
    const held = tasks.filter(({ key, depends_on_keys: on = [] }) => left.has(key) && on.some((one) => left.has(one)));
    const next = new Set(held.map(({ key }) => key));
    if (next.size === left.size) return left;
    left = next;
  }
}
