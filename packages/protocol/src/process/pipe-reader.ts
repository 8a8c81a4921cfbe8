import { fstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { readProcStat } from './process-identity.ts';

/** One descriptor that is looked at, and only when it has gone every process. */
const LOOK_MS = 1000;

type Sight = { readonly kind: 'reader'; readonly link: string } | { readonly kind: 'none' | 'unknown' };

/**
 * Watches whether anybody still reads a pipe that we write, while nothing is written: a program that waits for news
 * would else outlive its reader until the next. The system tells of it only to who polls the descriptor, which Node does
 * not. On Linux alone, for a pipe, and for a reader whose descriptors we may see; elsewhere nothing happens.
 *
 * @param fd the end of the pipe that we write
 * @returns what ends the watch
 */
export function watchPipeReader(fd: number, onGone: () => void): () => void {
  const pipe = pipeOf(fd);
  let sight: Sight = pipe === undefined ? { kind: 'unknown' } : findReader(pipe);
  if (pipe === undefined || sight.kind !== 'reader') return () => {};
  const timer = setInterval(() => {
    if (sight.kind === 'reader' && linkAt(sight.link) === pipe) return;
    const before = sight.kind;
    sight = findReader(pipe);
    // A descriptor that is handed on while we look may slip through one look.
    if (sight.kind === 'reader' || (sight.kind === 'none' && before !== 'none')) return;
    clearInterval(timer);
    if (sight.kind === 'none') onGone();
  }, LOOK_MS);
  timer.unref();
  return () => clearInterval(timer);
}

function pipeOf(fd: number): string | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    return fstatSync(fd).isFIFO() ? linkAt(`/proc/self/fd/${fd}`) : undefined;
  } catch {
    return undefined;
  }
}

/** Looks for a process that reads a pipe. One of our session that we may not look into might. */
function findReader(pipe: string): Sight {
  const session = readProcStat(process.pid)?.session;
  let hidden = false;
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const folder = `/proc/${pid}/fd`;
    let names: readonly string[] = [];
    try {
      names = readdirSync(folder);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EACCES') hidden ||= readProcStat(Number(pid))?.session === session;
    }
    const name = names.find((each) => linkAt(`${folder}/${each}`) === pipe && isReading(pid, each));
    if (name !== undefined) return { kind: 'reader', link: `${folder}/${name}` };
  }
  return { kind: hidden ? 'unknown' : 'none' };
}

/** The lowest two bits of the flags tell: 1 is to write only. */
function isReading(pid: string, fd: string): boolean {
  try {
    const flags = /^flags:\s*([0-7]+)$/m.exec(readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'latin1'))?.[1];
    return flags !== undefined && (Number.parseInt(flags, 8) & 3) !== 1;
  } catch {
    return false;
  }
}

function linkAt(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}
