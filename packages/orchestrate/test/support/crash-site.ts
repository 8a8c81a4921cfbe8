import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { records, runProgram } from '@ralph/protocol/testing/run-built-program';
import { scriptedCommand } from '@ralph/protocol/testing/scripted-agent';
import type { TestRepository } from '@ralph/protocol/testing/temporary-repository';

/** A process of another boot: it lives no more. */
const DEAD = { pid: 4_000_000, start_time: '1', boot_id: '00000000-0000-0000-0000-000000000000' };

/** Leaves behind, by hand and by the siblings, what a run leaves that is killed with everything around it. */
export class CrashSite {
  readonly repository: TestRepository;
  #told: Record<string, unknown>[] = [];

  constructor(repository: TestRepository) {
    this.repository = repository;
  }

  /** Finishes tasks by an agent that writes `first`, without a record of anything. */
  async finish(ids: readonly string[]): Promise<void> {
    const { root, folder } = this.repository;
    const agent = scriptedCommand(folder, 'first', 'echo first > "$RALPH_TASK_ID.txt"');
    const stdin = linesOf(ids.map((id) => ({ id, title: `Task ${id}` })));
    const { stdout } = await runProgram('ralph-worker', ['run', '--jobs', '3', '--', agent], { cwd: root, stdin });
    this.#told = [...this.#told, ...records(stdout)];
  }

  /** Records what was told of tasks until their agents had ended. */
  async record(...ids: readonly string[]): Promise<void> {
    await this.apply(this.#told.filter(({ task_id: id }) => ids.includes(String(id))));
  }

  /** Records that the integration of a task had begun. */
  async recordIntegration(id: string): Promise<void> {
    const at = new Date().toISOString();
    await this.apply([
      { v: 1, type: 'integrate.started', at, task_id: id, attempt: 1, base: 'origin/main', identity: DEAD },
    ]);
  }

  async apply(events: readonly object[]): Promise<void> {
    await runProgram('ralph-state', ['apply'], { cwd: this.repository.root, stdin: linesOf(events) });
  }

  /** Lands tasks and returns what the integrator told, which nobody has recorded. */
  async land(...ids: readonly string[]): Promise<Record<string, unknown>[]> {
    const ready = this.#told.filter(({ task_id: id, type }) => type === 'agent.finished' && ids.includes(String(id)));
    const args = ['run', '--keep-workspaces'];
    const { stdout } = await runProgram('ralph-integrate', args, { cwd: this.repository.root, stdin: linesOf(ready) });
    return records(stdout);
  }

  /** Makes a finished workspace one whose agent was killed over an edit. */
  killAgent(id: string): void {
    const path = this.#marker(id);
    const marker = JSON.parse(readFileSync(path, 'utf8')) as { base_commit: string };
    writeFileSync(path, JSON.stringify({ ...marker, phase: 'running', finished: undefined }));
    this.repository.git('update-ref', `refs/ralph/attempts/${id}/1`, marker.base_commit);
    writeFileSync(join(this.repository.workspaces, id, 'edit.txt'), 'not committed');
    this.repository.write(`.ralph/cache/parallel/claims/${id}.lock`, '');
  }

  /** Keeps a workspace for a person, untold. */
  block(id: string): void {
    const folder = join(this.repository.workspaces, id, '.ralph/cache/parallel');
    mkdirSync(folder, { recursive: true });
    const why = { reason: 'the gate is red', code: 'ci_failed', attempt: 2, max_attempts: 50 };
    const marker = { task_id: id, ...why, generated_at: new Date().toISOString() };
    writeFileSync(join(folder, 'blocked_push.json'), JSON.stringify(marker));
  }

  removeWorkspace(id: string): void {
    rmSync(join(this.repository.workspaces, id), { recursive: true });
  }

  retarget(id: string, branch: string): void {
    const path = this.#marker(id);
    writeFileSync(path, readFileSync(path, 'utf8').replace('"target_branch": "main"', `"target_branch": "${branch}"`));
  }

  #marker(id: string): string {
    return join(this.repository.workspaces, id, '.git/ralph/workspace.json');
  }
}

function linesOf(values: readonly object[]): string {
  return values.map((value) => `${JSON.stringify(value)}\n`).join('');
}
