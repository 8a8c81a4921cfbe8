import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '@ralph/protocol/testing/temporary-folder';
import { taskIntent } from '../src/remedy/hand-over.ts';
import { writeOwnFile } from '../src/workspace/own-file.ts';
import type { Workspace } from '../src/workspace/workspace.ts';

function workspaceWith(prompt: string): Workspace {
  const path = temporaryFolder();
  const gitDir = join(path, '.git');
  mkdirSync(join(gitDir, 'ralph'), { recursive: true });
  writeFileSync(join(gitDir, 'ralph/prompt.md'), prompt);
  return { path, gitDir, baseCommit: undefined };
}

describe('a file of ours in a workspace', () => {
  it('is written where an agent has put a pipe or a link', async () => {
    const workspace = workspaceWith('');
    const [pipe, link, victim] = ['pipe', 'link', 'victim'].map((name) => join(workspace.path, name)) as [
      string,
      string,
      string,
    ];
    writeFileSync(victim, 'precious');
    execFileSync('mkfifo', [pipe]);
    symlinkSync(victim, link);
    for (const path of [pipe, link]) await writeOwnFile(workspace, path, 'text');
    expect([pipe, link, victim].map((path) => readFileSync(path, 'utf8'))).toEqual(['text', 'text', 'precious']);
  });

  it('tells a resolver what was asked, and nothing of a file that the agent has linked there, or of a pipe', () => {
    const workspace = workspaceWith('the task');
    const folder = join(workspace.gitDir, 'ralph');
    const prompt = join(folder, 'prompt.md');
    expect(taskIntent({ workspace })).toBe('the task');
    const hidden = workspaceWith('a key of the user');
    rmSync(prompt);
    symlinkSync(join(hidden.gitDir, 'ralph/prompt.md'), prompt);
    expect(taskIntent({ workspace })).toBe('');
    rmSync(prompt);
    execFileSync('mkfifo', [prompt]);
    expect(taskIntent({ workspace })).toBe('');
    rmSync(folder, { recursive: true });
    symlinkSync(join(hidden.gitDir, 'ralph'), folder);
    expect(taskIntent({ workspace })).toBe('');
  });
});
