import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { builtProgram } from '@ralph/protocol/testing/run-built-program';
import { scriptedCommand } from '@ralph/protocol/testing/scripted-agent';
import { testEnvironment } from '@ralph/protocol/testing/test-environment';

/**
 * Writes down the step, and kills ralph-integrate there when it is the one that was chosen. The program that is shimmed is
 * `real`, its arguments `$@`.
 */
const STEP = `
[ -n "\${RALPH_FAULT-}" ] || exec $real "$@"
fault=$RALPH_FAULT
unset RALPH_FAULT
echo "$step" >>"$fault/trace"
read -r mode chosen <"$fault/point" || :
case $chosen in "$step $(grep -cxF "$step" "$fault/trace")") ;; *) [ -n "$quiet" ] || export RALPH_FAULT="$fault"; exec $real "$@" ;; esac
delay=$(cat "$fault/delay")
kill_it() { kill -9 "$(cat "$fault/pid")" 2>/dev/null; }
case $mode in
  before) sleep "$delay"; kill_it; exit 1 ;;
  orphaned) kill_it; sleep "$delay"; exec $real "$@" ;;
  torn)
    exec 3<&0
    $real "$@" <&3 &
    sleep "$delay"
    kill_it
    kill -9 0 ;;
  after) $real "$@"; status=$?; sleep "$delay"; kill_it; exit $status ;;
esac`;

const GIT_STEP = `
step='git'
skip=
for word; do
  if [ -n "$skip" ]; then skip=; continue; fi
  case $word in -c | -C) skip=1 ;; -*) ;; *) step="git $word"; break ;; esac
done`;

/** Makes a folder of stand-ins for git and the siblings, and of a gate; returns the folder. */
export function shimFolder(folder: string): string {
  const git = execFileSync('sh', ['-c', 'command -v git'], { env: testEnvironment(), encoding: 'utf8' }).trim();
  scriptedCommand(folder, 'git', `real='${git}' quiet=${GIT_STEP}${STEP}`);
  for (const name of ['ralph-state', 'ralph-worker'] as const) {
    const real = `real='${process.execPath} ${builtProgram(name)}' quiet=1`;
    scriptedCommand(folder, name, `${real} step="${name} $1"${STEP}`);
  }
  const gate = scriptedCommand(folder, 'real-gate', 'test -f r.txt');
  scriptedCommand(folder, 'gate', `real='${gate}' quiet=1 step='gate run'${STEP}`);
  return join(folder, 'bin');
}
