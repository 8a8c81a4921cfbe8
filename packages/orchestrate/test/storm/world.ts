import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { scriptedCommand } from '@ralph/protocol/testing/scripted-agent';
import { queueTask, temporaryRepository, type TestRepository } from '@ralph/protocol/testing/temporary-repository';
import { testEnvironment } from '@ralph/protocol/testing/test-environment';
import { agentScript, gateScript, KINDS, type Kind } from './scripts.ts';

/** A repository with a queue of twelve tasks, an agent and a gate. */
export interface World extends TestRepository {
  readonly kinds: ReadonlyMap<string, Kind>;
  /** The task that the dependent one waits for. */
  readonly needed: string;
  /** Whether git tracks the queue. */
  readonly tracked: boolean;
  /** The commit that all begins with. */
  readonly start: string;
  readonly env: Readonly<Record<string, string>>;
  readonly args: readonly string[];
}

/** Makes the world of one case: kinds in an order of chance, the queue tracked or not, tasks with phases or not. */
export function newWorld(random: () => number): World {
  const order = KINDS.map((kind) => ({ kind, at: random() })).toSorted((a, b) => a.at - b.at);
  const kinds = new Map(order.map(({ kind }, index) => [`RQ-${String(index + 1).padStart(4, '0')}`, kind]));
  const tracked = random() < 0.6;
  const needed = [...kinds].find(([, kind]) => kind === 'plain')?.[0] ?? '';
  const phases = random() < 0.25 ? '3' : '1';
  const tasks = [...kinds].map(([id, kind]) => queueTask(id, kind === 'dependent' ? { depends_on: [needed] } : {}));
  const ignored = tracked ? '' : '.ralph/queue.jsonc\n.ralph/done.jsonc\n';
  const repository = temporaryRepository({
    '.gitignore': `.ralph/cache/\n.ralph/logs/\n.ralph/*.lock\n${ignored}`,
    'shared.txt': 'start\n',
    '.ralph/queue.jsonc': JSON.stringify({ version: 1, tasks }, null, 2),
    '.ralph/done.jsonc': JSON.stringify({ version: 1, tasks: [] }),
  });
  const { folder } = repository;
  repository.gitOrigin('config', 'core.logAllRefUpdates', 'always');
  const agent = scriptedCommand(folder, 'storm-agent', agentScript(folder, kinds));
  const gate = scriptedCommand(folder, 'storm-gate', gateScript(folder));
  const temporary = join(folder, 'tmp');
  mkdirSync(temporary);
  return {
    ...repository,
    kinds,
    needed,
    tracked,
    start: repository.git('rev-parse', 'HEAD'),
    env: { ...testEnvironment(dirname(agent)), TMPDIR: temporary, RALPH_STORM: folder },
    args: ['run', '--workers', '4', '--ci', gate, '--resolver-attempts', '2', '--phases', phases, '--', 'storm-agent'],
  };
}
