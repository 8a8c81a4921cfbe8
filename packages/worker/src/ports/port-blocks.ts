/** Ports that an agent gets. */
export const PORTS_PER_AGENT = 20;

/** Ranges that are leased together. */
const RANGES_PER_BLOCK = 10;

const PORTS_PER_BLOCK = PORTS_PER_AGENT * RANGES_PER_BLOCK;
const LOWEST = 10_000;
const PREFERRED = 20_000;
const LAST_PORT = 65_535;

/** The ports that the kernel gives to whoever asks for any, both ends included. */
export interface EphemeralPorts {
  readonly low: number;
  readonly high: number;
}

/**
 * Returns the first ports of the blocks that may be leased, in order: apart from the ephemeral ports, and from those
 * below 20000, which have their customary users, as long as there is room elsewhere.
 */
export function portBlocks({ low, high }: EphemeralPorts): number[] {
  const below = blocksBetween(PREFERRED, low - 1);
  const above = blocksBetween(Math.max(PREFERRED, high + 1), LAST_PORT);
  return [...below, ...above].length > 0 ? [...below, ...above] : blocksBetween(LOWEST, low - 1);
}

function blocksBetween(first: number, last: number): number[] {
  const start = Math.ceil(first / PORTS_PER_BLOCK) * PORTS_PER_BLOCK;
  const count = Math.max(0, Math.floor((last + 1 - start) / PORTS_PER_BLOCK));
  return Array.from({ length: count }, (_, index) => start + index * PORTS_PER_BLOCK);
}

/** Returns the first ports of the ranges of a block. */
export function rangesOf(block: number): number[] {
  return Array.from({ length: RANGES_PER_BLOCK }, (_, index) => block + index * PORTS_PER_AGENT);
}

/** Returns the ports of a range. */
export function portsOf(base: number): number[] {
  return Array.from({ length: PORTS_PER_AGENT }, (_, index) => base + index);
}

/** Returns the local ports in a table of the kernel (/proc/net/tcp). */
export function localPorts(table: string): number[] {
  return table.split('\n').flatMap((line) => {
    const port = /^\s*\d+: [0-9A-F]+:([0-9A-F]{4}) /.exec(line)?.[1];
    return port === undefined ? [] : [Number.parseInt(port, 16)];
  });
}
