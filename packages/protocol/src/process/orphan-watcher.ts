import { spawn, type ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import type { ProcessIdentity } from '../contract/state-file.ts';
import { DEFAULTS } from '../contract/defaults.ts';
import { bareEnvironment } from './environment.ts';
import { PERSONAL_VARIABLES } from './stray.ts';
import { TREE_MARK } from './carried-sign.ts';

/**
 * A shell that outlives us by a moment. It reads the trees that we start and end from a pipe, each as its group, the
 * time at which its leader began and the folder that it has for itself; when the pipe closes, we were killed,
 * and it ends what is left, the control group that holds the trees included: SIGINT, the grace, SIGKILL. A group whose
 * leader neither began at that time nor carries our mark belongs to a stranger and is left alone, and so is one whose
 * leader is gone and in which nothing else of ours was seen. A single process is seen twice, with the same beginning,
 * before it is signalled.
 */
const SCRIPT = `
trap '' INT TERM HUP
LC_ALL=C; export LC_ALL
mark=$1 grace=$2 held=$3 nl='
' trees= roots=
while read -r word group rest; do
  case $word in
    add) trees="$trees$group $rest$nl" ;;
    root) roots="$roots$group $rest$nl" ;;
    del) kept=; while read -r one more; do
        case $one in ''|"$group") ;; *) kept="$kept$one $more$nl" ;; esac
      done <<END
$trees
END
      trees=$kept ;;
  esac
done
began() { read -r stat 2>/dev/null <"/proc/$1/stat" || return 1; set -- \${stat##*)}; parent=$2 group_of=$3 terminal=$5 began=\${20}; }
let_go() {
  began $$ && adopter=$parent
  began "$1" && [ "$began" -ge "$2" ] && [ "$terminal" = 0 ] || return 1
  [ "$parent" = 1 ] || [ "$parent" = "$adopter" ] || return 1
  ! tr '\\0' '\\n' 2>/dev/null <"/proc/$1/environ" | grep -qE '^(${PERSONAL_VARIABLES.join('|')})='
}
marked() {
  [ -d /proc/self ] || return 0
  grep -las "${TREE_MARK}=[0-9a-f.,]*$mark" /proc/[0-9]*/environ 2>/dev/null | cut -d/ -f3
}
working() {
  [ -d /proc/self ] || return 0
  ls -ld /proc/[0-9]*/cwd 2>/dev/null | while IFS= read -r line; do
    case $line in *" -> $1"|*" -> $1 (deleted)"|*" -> $1/"*) ;; *) continue ;; esac
    line=\${line%%/cwd -> *}
    pid=\${line##*/}
    let_go "$pid" "$2" && echo "$pid"
  done
}
kept() { [ -z "$held" ] || find "$held" -name cgroup.procs -exec cat {} + 2>/dev/null; }
ours() {
  [ -d /proc/self ] || return 0
  if began "$1"; then [ "$began" = "$2" ] || grep -qas "${TREE_MARK}=[0-9a-f.,]*$mark" "/proc/$1/environ"; return; fi
  for one in $again; do began "$one" && [ "$group_of" = "$1" ] && return; done
  return 1
}
strays() {
  marked
  while read -r group time folder; do [ -z "$folder" ] || working "$folder" "$time"; done <<END
$trees
END
}
kin() {
  known=' '
  while read -r pid time; do
    [ -n "$pid" ] && began "$pid" && [ "$began" = "$time" ] && known="$known$pid "
  done <<END
$roots
END
  [ "$known" = ' ' ] && return
  more=1
  while [ -n "$more" ]; do
    more=
    for entry in /proc/[0-9]*/stat; do
      pid=\${entry#/proc/} pid=\${pid%/stat}
      case $known in *" $pid "*) continue ;; esac
      began "$pid" || continue
      case $known in *" $parent "*) known="$known$pid " more=1 ;; esac
    done
  done
  for pid in $known; do began "$pid" && echo "$pid $began"; done
}
living() {
  while read -r pid time; do
    [ -n "$pid" ] && began "$pid" && [ "$began" = "$time" ] && echo "$pid"
  done <<END
$relatives
END
}
suspects() { strays; kept; living; }
send() {
  [ "$1" = INT ] || [ -z "$held" ] || echo 1 >"$held/cgroup.kill"
  once=$(for one in $(suspects); do began "$one" && echo "$one $began"; done)
  again=$(suspects)
  while read -r group time folder; do
    [ -n "$group" ] && ours "$group" "$time" && kill -s "$1" -- "-$group" 2>/dev/null
  done <<END
$trees
END
  while read -r pid time; do
    case "$nl$again$nl" in *"$nl$pid$nl"*) began "$pid" && [ "$began" = "$time" ] && kill -s "$1" "$pid" 2>/dev/null ;; esac
  done <<END
$once
END
}
left() {
  again=$(suspects)
  [ -n "$again" ] && return
  while read -r group time folder; do
    [ -n "$group" ] && ours "$group" "$time" && kill -s 0 -- "-$group" 2>/dev/null && return 0
  done <<END
$trees
END
  return 1
}
relatives=$(kin)
send INT
while [ "$grace" -gt 0 ] && left; do sleep 0.1; grace=$((grace - 100)); done
for try in 1 2 3 4 5 6 7 8 9; do
  send KILL
  left || break
  sleep 0.1
done
[ -z "$held" ] || find "$held" -depth -type d -exec rmdir {} \\; 2>/dev/null
`;

/** Watches over the process trees of this process; one watcher serves any number of them. */
export class OrphanWatcher {
  readonly #child: ChildProcess;

  /**
   * @param mark the beginning of the mark that all our trees carry
   * @param cgroup the control group that holds those of all our trees; nothing where there are none
   */
  constructor(mark: string, cgroup?: string) {
    const args = ['-c', SCRIPT, 'ralph-orphan-watcher', mark, String(DEFAULTS.interruptGraceMs), cgroup ?? ''];
    // Not in our folder, which may be the one of a tree: it would take itself for a stray.
    this.#child = spawn('sh', args, {
      cwd: '/',
      env: bareEnvironment(),
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
    });
    this.#child.on('error', () => {});
    this.#child.stdin?.on('error', () => {});
    this.#child.unref();
    (this.#child.stdin as Socket | null)?.unref();
  }

  /**
   * @param startTime when the leader of the group began, as in /proc/PID/stat
   * @param folder real path of the folder that the tree has for itself
   */
  add(group: number, startTime: string, folder: string | undefined): void {
    // Elsewhere than on Linux a time has spaces in it, and says nothing to the shell.
    this.#child.stdin?.write(`add ${group} ${startTime.replaceAll(/\s+/g, '_')} ${folder ?? ''}\n`);
  }

  /** Watches over a process without a group of its own, and over its descendants, marked or not. */
  follow({ pid, start_time }: Pick<ProcessIdentity, 'pid' | 'start_time'>): void {
    this.#child.stdin?.write(`root ${pid} ${start_time.replaceAll(/\s+/g, '_')}\n`);
  }

  remove(group: number): void {
    this.#child.stdin?.write(`del ${group}\n`);
  }

  /** Ends the watcher when nothing is left to watch. */
  close(): void {
    // It has no children as long as we live, and so can simply be killed: to say good-bye would take longer.
    this.#child.kill('SIGKILL');
  }
}
