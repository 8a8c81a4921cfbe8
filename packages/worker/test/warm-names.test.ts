import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { pathPattern } from '../src/site/run-tool.ts';
import { filesInIndex } from '../src/warm/kept-folder.ts';
import { isRunOrSecret } from '../src/warm/run-or-secret.ts';

const folder = mkdtempSync(join(tmpdir(), 'ralph-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('pathPattern', () => {
  it('takes every sign for itself', () => {
    expect(pathPattern('./a[1]*?\\/')).toBe('./a\\[1\\]\\*\\?\\\\');
  });
});

describe('isRunOrSecret', () => {
  it('knows files of the run and secrets, at any depth, and their examples', () => {
    const paths = ['.ralph/cache/', '.ralph/', '.env', 'a/.env.local', '.env.d/'];
    expect(paths.map(isRunOrSecret)).toEqual([true, true, true, true, true]);
    expect(['node_modules/', 'a/.env.example', '.envrc', 'x.env'].map(isRunOrSecret)).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });
});

describe('filesInIndex', () => {
  it('is 0 for what is no index', () => {
    const [text, head] = [join(folder, 'text'), join(folder, 'head')];
    writeFileSync(text, 'not an index at all');
    writeFileSync(head, Buffer.from('4449524300000002000009c5', 'hex'));
    expect([filesInIndex(text), filesInIndex(join(folder, 'none')), filesInIndex(head)]).toEqual([0, 0, 2501]);
  });
});
