import { spawnSync } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { scriptedCommand } from '@ralph/protocol/testing/scripted-agent';
import { queueTask, temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { testEnvironment } from '@ralph/protocol/testing/test-environment';
import { programsOnPath } from './completions.ts';

/** Commands of a user that the examples name; each does in an instant what it is there for. */
const COMMANDS: Readonly<Record<string, string>> = {
  claude: 'cat > prompt.txt; echo done',
  npm: 'echo "npm $1"',
  make: 'echo made',
  // It lets through what it would pick from.
  jq: 'for last; do :; done; if [ -f "$last" ]; then cat "$last"; else cat; fi',
};

/** Scripts of the user, in the repository. */
const SCRIPTS: Readonly<Record<string, string>> = { 'loop.sh': 'echo looped', 'my-agent': 'cat > prompt.txt' };

/** What somebody has typed before some examples. */
const BEFORE: readonly (readonly [RegExp, string])[] = [
  [
    /ralph-worker (?:commit|logs|remove|list|reap|stop)|ralph-integrate (?:one|run)/,
    'ralph-state task next | ralph-worker run -- claude -p > finished.ndjson',
  ],
  [/ralph-orchestrate (?:history|report)/, 'ralph-orchestrate run --max-tasks 1 -- claude -p'],
  [/worktree remove/, 'ralph-worker worktree add bright-maple'],
  [/ralph-lock read/, 'ralph-lock run -- true'],
];

/** How three tasks have ended before some examples. */
const ENDED: readonly (readonly [RegExp, string])[] = [
  [/ralph-state (?:get|list|retry|remove|status|watch)|ralph-orchestrate retry/, 'failed'],
  [/ralph-state wait/, 'completed'],
];

export interface ExampleWorld {
  readonly root: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Makes a repository in which somebody would type an example. */
export function exampleWorld(example: string): ExampleWorld {
  const repository = temporaryRepository({
    'README.md': '# mine\n',
    'package.json': '{"private":true,"scripts":{"test":"true"}}',
  });
  const { folder, root, write } = repository;
  for (const [name, body] of Object.entries(SCRIPTS))
    symlinkSync(scriptedCommand(folder, name, body), join(root, name));
  for (const [name, body] of Object.entries(COMMANDS)) scriptedCommand(folder, name, body);
  // Nothing else of ours that sleeps is to wake at once.
  if (example.startsWith('sleep ')) scriptedCommand(folder, 'sleep', 'true');
  const env = { ...testEnvironment(programsOnPath(folder)), HOME: folder };
  repository.queue(['RQ-0001', 'RQ-0002', 'RQ-0003'].map((id) => queueTask(id)));
  write('.git/info/exclude', '*.ndjson\nproposal.json\nloop.sh\nmy-agent\n');
  write('tasks.ndjson', '{"title":"one"}\n{"title":"two"}\n');
  write('proposal.json', '{"version":1,"source_task_id":"RQ-0001","tasks":[{"key":"a","title":"A"}]}\n');
  const lifecycle = ENDED.find(([which]) => which.test(example))?.[1];
  if (lifecycle !== undefined) write('.ralph/cache/parallel/state.json', stateOf(lifecycle));
  const script = BEFORE.find(([which]) => which.test(example))?.[1];
  if (script === undefined) return { root, env };
  const { status, stderr } = spawnSync('bash', ['-c', script], { cwd: root, env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${script} ended with ${status}: ${stderr}`);
  return { root, env };
}

function stateOf(lifecycle: string): string {
  const at = '2026-01-01T00:00:00Z';
  const record = (task_id: string) => ({ task_id, lifecycle, started_at: at, completed_at: at });
  const workers = ['RQ-0001', 'RQ-0002', 'RQ-0003'].map(record);
  return JSON.stringify({ schema_version: 3, started_at: at, target_branch: 'main', workers });
}
