import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { AnyEvent } from '@ralph/protocol/contract/events';
import type { StateFile } from '@ralph/protocol/contract/state-file';
import { temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { StateKeeper } from '../src/run/state-keeper.ts';

const STATE = '.ralph/cache/parallel/state.json';
const COMMIT = 'a'.repeat(40);

const BIN = fileURLToPath(new URL('../../../node_modules/.bin', import.meta.url));

/** Answers each line, and writes down how many came at a time. */
const ANSWERER = `process.stdin.setEncoding('utf8').on('data', (text) => {
  const lines = text.split('\\n').length - 1;
  require('node:fs').appendFileSync('SEEN', lines + '\\n');
  process.stdout.write('{"ok":true,"revision":1}\\n'.repeat(lines));
});`;

beforeAll(() => {
  vi.stubEnv('RALPH_EXEC_PATH', BIN);
});
afterAll(() => {
  vi.unstubAllEnvs();
});

function event(type: string, fields: object = {}): AnyEvent {
  return { v: 1, type, at: new Date().toISOString(), task_id: 'RQ-0001', attempt: 1, ...fields } as unknown as AnyEvent;
}

const READY = event('workspace.ready', { workspace_path: '/w', base_commit: COMMIT, reused: false, duration_ms: 1 });
const INTEGRATING = event('integrate.started', { workspace_path: '/w', target_branch: 'main', base: COMMIT });
const FAILED = event('task.failed', { reason: 'status 3', code: 'agent_failed' });

function keeperOf(root: string) {
  const refused: string[] = [];
  const keeper = new StateKeeper(
    ['--repo', root],
    () => {},
    (code) => void refused.push(code),
  );
  const state = () => JSON.parse(readFileSync(join(root, STATE), 'utf8')) as StateFile;
  return { keeper, refused, state };
}

describe('StateKeeper', () => {
  it('sends what nothing follows from with the next line, and settles them in their order', async () => {
    const { root } = temporaryRepository();
    const { keeper, refused, state } = keeperOf(root);
    const settled: string[] = [];
    const told = [READY, INTEGRATING, FAILED].map((one) => keeper.record(one).then(() => settled.push(one.type)));
    expect(keeper.waiting).toBe(3);
    await Promise.all(told);
    expect({ settled, refused, foreign: keeper.foreignWrites }).toEqual({
      settled: ['workspace.ready', 'integrate.started', 'task.failed'],
      refused: [],
      foreign: 0,
    });
    expect(state()).toMatchObject({ revision: 3, workers: [{ lifecycle: 'failed' }] });
    await keeper.end();
  });

  it('does not let it wait for a line that never comes', async () => {
    const { root } = temporaryRepository();
    const { keeper, state } = keeperOf(root);
    await keeper.record(READY);
    expect(state()).toMatchObject({ revision: 1, workers: [{ lifecycle: 'running' }] });
    await keeper.end();
  });

  it('loses nothing of it at the end', async () => {
    const { root } = temporaryRepository();
    const { keeper, state } = keeperOf(root);
    const told = keeper.record(READY);
    await keeper.end();
    await told;
    expect(state()).toMatchObject({ revision: 1 });
  });

  it('sends what was held and the line that could not wait in one piece', async () => {
    const { root, folder } = temporaryRepository();
    const seen = join(folder, 'seen');
    const program = join(folder, 'ralph-state');
    writeFileSync(program, `#!${process.execPath}\n${ANSWERER}`.replace('SEEN', seen), { mode: 0o755 });
    vi.stubEnv('RALPH_EXEC_PATH', folder);
    const { keeper } = keeperOf(root);
    vi.stubEnv('RALPH_EXEC_PATH', BIN);
    await Promise.all([READY, INTEGRATING, FAILED].map((one) => keeper.record(one)));
    await keeper.end();
    expect(readFileSync(seen, 'utf8').split('\n')[0]).toBe('3');
  });

  it('sends nothing that the state file takes nothing from', async () => {
    const { root } = temporaryRepository();
    const { keeper } = keeperOf(root);
    const told = keeper.record(event('workspace.removed', { workspace_path: '/w' }));
    expect(keeper.waiting).toBe(0);
    await told;
    await keeper.end();
    expect(existsSync(join(root, STATE))).toBe(false);
  });
});
