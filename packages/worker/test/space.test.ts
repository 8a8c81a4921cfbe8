import { describe, expect, it } from 'vitest';
import { judgeRoom, type Room } from '../src/space/judge-room.ts';
import { sizeText } from '../src/space/size-text.ts';
import { canCountTree } from '../src/space/tree-bytes.ts';

const room = (over: Partial<Room>) =>
  judgeRoom({ need: 10, reserved: 0, free: 100, minFree: 0, quota: undefined, ...over });

describe('judgeRoom', () => {
  it('lets a workspace be made that fits exactly, and none that is a byte too large', () => {
    expect(room({ need: 60, reserved: 30, minFree: 10 })).toBe('enough');
    expect(room({ need: 61, reserved: 30, minFree: 10 })).toBe('disk_full');
    expect(room({ reserved: 30, quota: { used: 60, limit: 100 } })).toBe('enough');
    expect(room({ reserved: 31, quota: { used: 60, limit: 100 } })).toBe('workspace_quota');
  });
});

describe('sizeText', () => {
  it.each([
    [0, '0'],
    [999, '999'],
    [1000, '1K'],
    [1536, '1.5K'],
    [268_435_456, '256M'],
    [1023 * 1024, '1M'],
    [5 * 2 ** 40, '5T'],
    [9e17, '818545T'],
  ])('%d is %s', (bytes, text) => {
    expect(sizeText(bytes)).toBe(text);
  });
});

describe('canCountTree', () => {
  it('is not so where files would have to be fetched, or are left out', () => {
    const entry = (key: string) => canCountTree([{ key, value: 'true' }]);
    expect(['remote.origin.promisor', 'extensions.partialclone', 'core.sparsecheckout'].map(entry)).toEqual([
      false,
      false,
      false,
    ]);
    expect(canCountTree([{ key: 'core.sparsecheckout', value: 'false' }])).toBe(true);
  });
});
