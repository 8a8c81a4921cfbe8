import type { Task } from '@ralph/protocol/contract/task';

/** The gate of the demo's repository: a stand-in for a test suite, kept in the repository itself. */
export const GATE_SCRIPT = `#!/bin/sh
# Every recipe must name its time, and nothing may be left undone.
if grep -rn "TODO" recipes; then echo "a recipe is not finished"; exit 1; fi
for recipe in recipes/*.md; do
  grep -q "^Time: " "$recipe" || { echo "$recipe does not say how long it takes"; exit 1; }
done
echo "all recipes are complete"
`;

/** Files of the demo's repository before the run. */
export const FIRST_FILES: Readonly<Record<string, string>> = {
  'README.md': '# Recipes\n\nA small cook book, written by agents.\n',
  'menu.md': '# Menu\n\nStarter: none yet\nMain course: none yet\nDessert: none yet\n',
  'recipes/bread.md': '# Bread\nTime: 3 h\n\nFlour, water, salt, patience.\n',
  'check.sh': GATE_SCRIPT,
};

/** What the demo shows, beside work that simply lands. */
export const EXPECTED = {
  /** Two tasks that change the same line: the second one to land is in conflict, which the resolver mends. */
  rivals: ['RQ-0001', 'RQ-0002'],
  /** Its gate is red, which the resolver mends. */
  red: 'RQ-0003',
  /** Its gate is red, which nobody can mend: blocked. */
  stuck: 'RQ-0011',
  /** Its agent fails: failed, its edits kept. */
  failing: 'RQ-0004',
  landing: ['RQ-0005', 'RQ-0006', 'RQ-0007', 'RQ-0008', 'RQ-0009', 'RQ-0010'],
} as const;

/** Returns the queue of the demo; times are those of the start. */
export function demoTasks(now: string): Task[] {
  return [
    task(now, 'RQ-0001', 'Put tomato soup on the menu', [
      'work 0.6',
      'replace menu.md: Starter: none yet => Starter: tomato soup',
    ]),
    task(now, 'RQ-0002', 'Put onion soup on the menu', [
      'work 1.4',
      'replace menu.md: Starter: none yet => Starter: onion soup',
    ]),
    task(now, 'RQ-0003', 'Write a half-finished recipe', [
      'work 0.5',
      'write recipes/stew.md: # Stew',
      'append recipes/stew.md: TODO',
      'if-red replace recipes/stew.md: TODO => Time: 2 h',
    ]),
    task(now, 'RQ-0004', 'Ask an oracle', [
      'write recipes/oracle.md: # Notes so far',
      'work 0.4',
      'fail the oracle does not answer',
    ]),
    task(now, 'RQ-0005', 'Write a salad', [
      'work 0.8',
      'write recipes/salad.md: # Salad',
      'append recipes/salad.md: Time: 10 min',
    ]),
    task(now, 'RQ-0006', 'Dress the salad', ['work 0.3', 'append recipes/salad.md: Dress it with oil.'], ['RQ-0005']),
    task(now, 'RQ-0007', 'Write pancakes, and commit', [
      'work 0.5',
      'write recipes/pancakes.md: # Pancakes',
      'append recipes/pancakes.md: Time: 20 min',
      'commit pancakes for everyone',
    ]),
    task(
      now,
      'RQ-0008',
      'Put pancakes on the menu',
      ['work 0.2', 'replace menu.md: Dessert: none yet => Dessert: pancakes'],
      ['RQ-0007'],
    ),
    task(now, 'RQ-0009', 'Name the cook', ['work 0.7', 'write AUTHORS: The demo agent']),
    task(
      now,
      'RQ-0010',
      'Say how to contribute',
      ['work 0.2', 'write CONTRIBUTING.md: Bring an apron.'],
      ['RQ-0006', 'RQ-0009'],
    ),
    task(now, 'RQ-0011', 'Write down a secret recipe', [
      'work 0.3',
      'write recipes/secret.md: # Secret',
      'append recipes/secret.md: TODO ask grandmother',
      'if-red fail grandmother does not tell',
    ]),
  ];
}

function task(
  now: string,
  id: string,
  title: string,
  steps: readonly string[],
  dependsOn: readonly string[] = [],
): Task {
  return {
    id,
    status: 'todo',
    title,
    description: steps.map((step) => `> ${step}`).join('\n'),
    created_at: now,
    updated_at: now,
    ...(dependsOn.length === 0 ? {} : { depends_on: [...dependsOn] }),
  };
}
