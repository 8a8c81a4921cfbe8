import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { bytesOfFile } from '@ralph/protocol/process/read-open-file';
import { localPorts, type EphemeralPorts } from './port-blocks.ts';

/** Where the kernel does not say it: the range that IANA has set aside, and the one of Linux. */
const USUAL: EphemeralPorts = { low: 32_768, high: 65_535 };

/** Returns the range from which the kernel gives ports. */
export function ephemeralPorts(): EphemeralPorts {
  try {
    const [low, high] = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').trim().split(/\s+/).map(Number);
    return low === undefined || high === undefined ? USUAL : { low, high };
  } catch {
    return USUAL;
  }
}

/** The tables of the kernel take milliseconds to read: agents that start together need no look of their own. */
const FRESH_MS = 10_000;

/** What is known of the ports that are in use on this machine. */
export class UsedPorts {
  #lookedAt = Number.NEGATIVE_INFINITY;
  #used: ReadonlySet<number> | undefined;

  /**
   * Tells whether none of some ports is in use: by the tables of the kernel, which are read again when they were last
   * read before `since` or some seconds ago, else by listening on each for a moment.
   *
   * @param since as `performance.now()` tells the time
   */
  async areFree(ports: readonly number[], since: number): Promise<boolean> {
    if (this.#lookedAt <= Math.max(since, performance.now() - FRESH_MS)) {
      this.#lookedAt = performance.now();
      this.#used = usedByTable();
    }
    const used = this.#used;
    if (used !== undefined) return !ports.some((port) => used.has(port));
    for (const port of ports) if (!(await canListen(port))) return false;
    return true;
  }
}

function usedByTable(): ReadonlySet<number> | undefined {
  const tables = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((path) => {
    try {
      return [bytesOfFile(path).toString('latin1')];
    } catch {
      return [];
    }
  });
  return tables.length === 0 ? undefined : new Set(tables.flatMap(localPorts));
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, () => server.close(() => resolve(true)));
  });
}
