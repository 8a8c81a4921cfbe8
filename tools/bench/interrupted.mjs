// What becomes of a benchmark that somebody interrupts: all that it has started is ended, and it says so.
import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { below } from './end-to-end/processes.mjs';

const SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 };

/** How long programs have to end what they have started themselves, in ms. */
const GRACE_MS = 5000;
const LOOK_MS = 50;

/**
 * Does something until it is done or a signal comes. After a signal the process ends, with 128 and the number of the signal;
 * another one ends it at once.
 *
 * @returns what was done
 */
export async function untilInterrupted(work) {
  /** @type {Promise<void> | undefined} */
  let end;
  for (const [signal, number] of Object.entries(SIGNALS))
    process.once(signal, () => {
      end ??= endAll(128 + number);
    });
  try {
    return await work();
  } catch (error) {
    // What was measured has lost its programs.
    if (end === undefined) throw error;
    return await end;
  }
}

async function endAll(status) {
  console.error('\nbench: interrupted; ending what was started');
  const started = new Started();
  const deadline = performance.now() + GRACE_MS;
  while (started.living() > 0) {
    started.end(performance.now() < deadline ? 'SIGTERM' : 'SIGKILL');
    await setTimeout(LOOK_MS);
  }
  process.exit(status);
}

/** The processes below us, and those that were: one whose parent ends first belongs to another. */
class Started {
  /** When each began. */
  #seen = new Map();
  #asked = new Set();

  /** Looks again; returns how many there are. */
  living() {
    for (const [pid, began] of this.#seen) if (beginOf(pid) !== began) this.#seen.delete(pid);
    for (const root of [process.pid, ...this.#seen.keys()])
      for (const pid of below(root)) {
        const began = beginOf(pid);
        if (began !== undefined) this.#seen.set(pid, began);
      }
    return this.#seen.size;
  }

  /** Sends a signal to each, once for one that it may take its time for. */
  end(signal) {
    for (const [pid, began] of this.#seen) {
      if ((signal !== 'SIGKILL' && this.#asked.has(pid)) || beginOf(pid) !== began) continue;
      this.#asked.add(pid);
      try {
        process.kill(pid, signal);
      } catch (error) {
        if (error.code !== 'ESRCH') throw error;
      }
    }
  }
}

/** Tells when a living process began; undefined for one that is gone, or only waited for. */
function beginOf(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}
