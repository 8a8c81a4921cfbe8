// Pipes that break: the readers of a run go away, and so does what lies between it and a sibling.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { pick } from '../chance.mjs';
import { membersOf, send } from '../look/processes.mjs';
import { programWords } from '../one-run.mjs';
import { striking } from './striking.mjs';

const SIBLINGS = ['ralph-lock', 'ralph-state', 'ralph-worker', 'ralph-integrate'];

function closing(name, stream) {
  const close = async (world, run) => {
    if (run.hasEnded() || run.child[stream].destroyed) return 0;
    run.child[stream].destroy();
    return 1;
  };
  return striking(name, 'pipe', close, () => undefined);
}

const PUMP = 'while (sysread STDIN, my $bytes, 65536) { syswrite STDOUT, $bytes or exit }';

/**
 * Stands in for a sibling: what is said to it and what it says goes through a process each, that can be killed; the
 * sibling itself keeps the number that its parent knows.
 */
function standInText(folder, name) {
  const [node, script] = programWords(name);
  return `#!/bin/sh
case " $* " in *' --leash '*|*' hold '*) ;; *) exec '${node}' '${script}' "$@" ;; esac
in='${folder}/in'.$$ out='${folder}/out'.$$
mkfifo "$in" "$out"
exec 3<&0
perl -e '${PUMP}' torture-pump <&3 3<&- >"$in" 2>/dev/null &
perl -e '${PUMP}' torture-pump <"$out" 3<&- 2>/dev/null &
exec '${node}' '${script}' "$@" <"$in" 3<&- >"$out"
`;
}

function withoutPerl() {
  const isThere = (process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, 'perl')));
  return isThere ? undefined : 'perl is not installed';
}

/** @type {import('./list.mjs').Fault} */
const siblingPipe = {
  name: 'pipe of a sibling broken',
  kind: 'pipe',
  missing: withoutPerl,
  arm: async (world, dice) => {
    const folder = join(world.folder, 'pumps');
    mkdirSync(folder, { recursive: true });
    for (const name of SIBLINGS) writeFileSync(join(folder, name), standInText(folder, name), { mode: 0o755 });
    let hits = 0;
    return {
      env: { RALPH_EXEC_PATH: folder },
      strike: async () => {
        const pumps = membersOf(world.folder).filter(({ role }) => role === 'pump');
        if (pumps.length > 0 && send(pick(pumps, dice).pid, 'SIGKILL')) hits += 1;
      },
      hits: () => hits,
      disarm: async () => undefined,
    };
  },
};

/** @type {readonly import('./list.mjs').Fault[]} */
export const PIPE_FAULTS = [
  closing('reader of stdout gone', 'stdout'),
  closing('reader of stderr gone', 'stderr'),
  siblingPipe,
];
