import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '@ralph/protocol/testing/temporary-folder';
import { waitUntil } from '@ralph/protocol/testing/wait-until';
import { followLog, lastLine, readLogState } from '../src/agent/agent-log.ts';

describe('lastLine', () => {
  it('is the last one that says something, without colours and at most 200 characters', () => {
    expect(lastLine('one\n\u001b[31mtwo\u001b[0m\r\n  \n')).toBe('two');
    expect(lastLine(`${'é'.repeat(300)}\n`)).toBe('é'.repeat(200));
    expect(lastLine('')).toBe('');
  });
});

describe('readLogState', () => {
  it('reads only the end of a long log', async () => {
    const path = join(temporaryFolder(), 'log');
    writeFileSync(path, `${'x'.repeat(100_000)}\nthe end\n`);
    expect(await readLogState(path)).toEqual({ bytes: 100_009, lastLine: 'the end' });
  });

  it('takes a missing log for an empty one', async () => {
    expect(await readLogState(join(temporaryFolder(), 'none'))).toEqual({ bytes: 0, lastLine: '' });
  });
});

describe('followLog', () => {
  it('reports each growth once', async () => {
    const path = join(temporaryFolder(), 'log');
    const seen: string[] = [];
    const stop = followLog(path, 5, ({ lastLine: line }) => {
      seen.push(line);
      return Promise.resolve();
    });
    writeFileSync(path, 'one\n');
    await waitUntil('the first line', () => seen.length === 1);
    appendFileSync(path, 'two\n');
    await waitUntil('the second line', () => seen.length === 2);
    await stop();
    expect(seen).toEqual(['one', 'two']);
  });
});
