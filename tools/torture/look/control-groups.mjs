// Control groups that the programs of a world make for their agents: seen while they live, and looked for afterwards.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const LOOK_MS = 200;
const NAME = /^ralph-(\d+)-\d+-[0-9a-f]{16}$/;

/** Watches the groups of the processes of a folder. */
export class ControlGroups {
  #folder;
  #seen = new Set();
  #timer;

  constructor(folder) {
    this.#folder = folder;
    const parent = groupFolder();
    if (parent !== undefined) this.#timer = setInterval(() => this.#look(parent), LOOK_MS).unref();
  }

  /** Ends the watch and returns the groups that are still there. */
  left() {
    clearInterval(this.#timer);
    return [...this.#seen].filter((path) => existsSync(path));
  }

  #look(parent) {
    for (const name of readdirSync(parent)) {
      const pid = NAME.exec(name)?.[1];
      const path = join(parent, name);
      if (pid !== undefined && !this.#seen.has(path) && read(`/proc/${pid}/environ`).includes(this.#folder))
        this.#seen.add(path);
    }
  }
}

/** Returns the folder in which groups are made beside our own; nothing without version 2. */
function groupFolder() {
  const own = /^0::(\/.*)$/m.exec(read('/proc/self/cgroup'))?.[1];
  const mount = read('/proc/self/mountinfo')
    .split('\n')
    .find((line) => line.includes(' - cgroup2 '))
    ?.split(' ')[4];
  const path = own === undefined || mount === undefined ? undefined : join(mount, own);
  return path !== undefined && existsSync(path) ? path : undefined;
}

function read(path) {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
