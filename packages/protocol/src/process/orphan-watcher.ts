import { spawn, type ChildProcess } from 'node:child_process';
import { DEFAULTS } from '../contract/config-file.ts';
import { TREE_MARK } from './process-list.ts';

/**
 * A shell that outlives us by a moment. It reads the groups that we start and end from a pipe; when the pipe closes
 * without `bye`, we were killed, and it ends what is left: SIGINT, the grace, SIGKILL. A group whose leader no longer
 * carries our mark belongs to a stranger and is left alone.
 */
const SCRIPT = `
trap '' INT TERM HUP
mark=$1 grace=$2 groups=
while read -r word group; do
  case $word in
    add) groups="$groups $group" ;;
    del) kept=; for one in $groups; do [ "$one" = "$group" ] || kept="$kept $one"; done; groups=$kept ;;
    bye) exit 0 ;;
  esac
done
strays() { [ -d /proc/self ] && grep -lasF "$mark" /proc/[0-9]*/environ 2>/dev/null | cut -d/ -f3; }
ours() { [ ! -e "/proc/$1/environ" ] || grep -qasF "$mark" "/proc/$1/environ"; }
send() {
  for one in $groups; do ours "$one" && kill -s "$1" -- "-$one" 2>/dev/null; done
  for one in $(strays); do kill -s "$1" "$one" 2>/dev/null; done
}
left() { for one in $groups; do kill -s 0 -- "-$one" 2>/dev/null && return 0; done; [ -n "$(strays)" ]; }
send INT
while [ "$grace" -gt 0 ] && left; do sleep 0.1; grace=$((grace - 100)); done
send KILL
`;

/** Watches over the process trees of this process; one watcher serves any number of them. */
export class OrphanWatcher {
  readonly #child: ChildProcess;

  /** @param mark the beginning of the mark that all our trees carry */
  constructor(mark: string) {
    const args = ['-c', SCRIPT, 'ralph-orphan-watcher', `${TREE_MARK}=${mark}`, String(DEFAULTS.interruptGraceMs)];
    this.#child = spawn('sh', args, { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
    this.#child.on('error', () => {});
    this.#child.stdin?.on('error', () => {});
    this.#child.unref();
  }

  add(group: number): void {
    this.#child.stdin?.write(`add ${group}\n`);
  }

  remove(group: number): void {
    this.#child.stdin?.write(`del ${group}\n`);
  }

  /** Ends the watcher when nothing is left to watch. */
  close(): void {
    this.#child.stdin?.end('bye\n');
  }
}
