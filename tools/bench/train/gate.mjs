// The gate: a script in the repository that waits or fills a core, and then looks for what makes a tree red.
import { spawnSync } from 'node:child_process';

const LOOP = 'BEGIN { while (i < N) i++ }';

/** Tells of its beginning and its end in a file, one line each, and is red by the files that are in the tree alone. */
export const GATE_SCRIPT = `#!/bin/sh
# gate.sh wait|work|judge AMOUNT RECORD
echo "begin $$ $(date +%s%N)" >>"$3"
case $1 in
  wait) sleep "$2" ;;
  work) awk -v N="$2" '${LOOP}' ;;
esac
status=0
for red in red/*; do
  test -e "$red" && status=1
done
for one in clash/*.*; do
  for other in "\${one%.*}".*; do
    test -e "$one" && test "$one" != "$other" && status=1
  done
done
echo "end $$ $(date +%s%N)" >>"$3"
exit $status
`;

/** Returns the gate as a command for `sh -c`: so many seconds, of a clock or of a core. */
export function gateCommand(kind, seconds, record) {
  const amount = kind === 'work' ? Math.round(seconds * turnsInSecond()) : seconds;
  return `sh ./gate.sh ${kind} ${amount} '${record}'`;
}

let turns;

/** Measured once, on a core of its own, before anything else runs. */
function turnsInSecond() {
  if (turns !== undefined) return turns;
  const N = 5e6;
  const times = [1, 2, 3].map(() => {
    const begin = performance.now();
    spawnSync('awk', ['-v', `N=${N}`, LOOP]);
    return performance.now() - begin;
  });
  turns = (N / Math.min(...times)) * 1000;
  return turns;
}

/**
 * Reads what the gates have told: how many were begun, and from when to when each ran that came to its end, in
 * milliseconds since 1970.
 *
 * @param {string} text
 */
export function gateRuns(text) {
  const begun = new Map();
  const spans = [];
  let runs = 0;
  for (const line of text.split('\n')) {
    const [what, pid, time] = line.split(' ');
    if (what === 'begin') {
      runs += 1;
      begun.set(pid, Number(time) / 1e6);
    } else if (what === 'end') spans.push([begun.get(pid), Number(time) / 1e6]);
  }
  return { runs, spans };
}
