import { writeFileSync } from 'node:fs';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '@ralph/protocol/testing/temporary-folder';
import { readParallelConfig } from '@ralph/protocol/process/parallel-config';
import { resolveSettings, unusedKeys } from '../src/settings/settings.ts';

const NO_FLAGS = { workers: undefined, workspaceRoot: undefined };

function repositoryWithConfig(text: string): string {
  const root = temporaryFolder();
  mkdirSync(join(root, '.ralph'));
  writeFileSync(join(root, '.ralph/config.jsonc'), text);
  return root;
}

describe('resolveSettings', () => {
  it('M01: has the defaults of the reference', () => {
    expect(resolveSettings(NO_FLAGS, {}, '/x/repo')).toEqual({
      workers: 2,
      maxPushAttempts: 50,
      pushBackoffMs: [500, 2000, 5000, 10000],
      workspaceRoot: undefined,
    });
  });

  it.each([
    ['~/w', '/h/w'],
    ['~', '/h'],
    ['w', '/x/repo/w'],
    ['/abs', '/abs'],
  ])('M02: workspace_root %s is %s', (configured, wanted) => {
    expect(resolveSettings(NO_FLAGS, { workspace_root: configured }, '/x/repo', '/h').workspaceRoot).toBe(wanted);
  });

  it.each(['../w', 'a/../../b', ' '])('M02: workspace_root %j is refused', (configured) => {
    expect(() => resolveSettings(NO_FLAGS, { workspace_root: configured }, '/x/repo', '/h')).toThrow(/workspace_root/);
  });

  it('lets a flag win over the configuration', () => {
    const settings = resolveSettings(
      { workers: 7, workspaceRoot: '/flag' },
      { workers: 3, workspace_root: '/file' },
      '/x',
    );
    expect(settings).toMatchObject({ workers: 7, workspaceRoot: '/flag' });
  });
});

describe('readParallelConfig', () => {
  it('is empty where there is no file', async () => {
    expect(await readParallelConfig(temporaryFolder())).toEqual({});
  });

  it('reads comments and leaves the sections of other tools alone', async () => {
    const root = repositoryWithConfig(
      '{ // mine\n "version": 2, "agent": {"runner": "codex"}, "parallel": {"workers": 3,}, }',
    );
    expect(await readParallelConfig(root)).toEqual({ workers: 3 });
  });

  it('refuses an unknown key and names the nearest known one', async () => {
    const root = repositoryWithConfig('{"parallel":{"wokers":3}}');
    await expect(readParallelConfig(root)).rejects.toMatchObject({
      code: 'config_invalid',
      parts: { hint: 'did you mean workers?' },
    });
  });

  it.each(['{"parallel":{"workers":0}}', '{"parallel":{"workers":1.5}}', '{"version":3}', '{"parallel":'])(
    'refuses %s',
    async (text) => {
      await expect(readParallelConfig(repositoryWithConfig(text))).rejects.toMatchObject({ code: 'config_invalid' });
    },
  );

  it('names settings that it reads without acting on them', () => {
    expect(unusedKeys({ workspace_retention_hours: 5, workers: 2 })).toEqual(['workspace_retention_hours']);
  });
});
