import { describe, expect, it } from 'vitest';
import { localPorts, portBlocks, portsOf, rangesOf } from '../src/ports/port-blocks.ts';

describe('portBlocks', () => {
  it.each([
    ['below the ephemeral ports', { low: 32_768, high: 60_999 }, 20_000],
    ['above them when they begin low', { low: 15_000, high: 40_000 }, 40_200],
    ['below 20000 when there is no room elsewhere', { low: 12_000, high: 65_535 }, 10_000],
    ['nowhere when there is none at all', { low: 1024, high: 65_535 }, undefined],
  ])('lie %s', (_, ephemeral, first) => {
    const blocks = portBlocks(ephemeral);
    expect(blocks[0]).toBe(first);
    const inside = blocks.flatMap(rangesOf).flatMap(portsOf);
    expect(inside.filter((port) => port >= ephemeral.low && port <= ephemeral.high)).toEqual([]);
    expect(Math.max(0, ...inside)).toBeLessThanOrEqual(65_535);
    expect(new Set(inside).size).toBe(inside.length);
  });
});

it('a table of the kernel tells the local ports', () => {
  const table = [
    '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
    '   0: 0100007F:4E20 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0',
    '   1: 00000000000000000000000001000000:0016 00000000000000000000000000000000:0000 0A 00000000:00000000 00:0',
  ].join('\n');
  expect(localPorts(table)).toEqual([20_000, 22]);
});
