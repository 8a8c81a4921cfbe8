import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { controlGroupFolder } from '@ralph/protocol/testing/control-groups';

/** Without a control group nobody can find what has dropped all signs of its tree. */
const FLED = controlGroupFolder() === undefined ? '' : `(cd /; env -i PATH="$PATH" setsid "$OUT/bin/fled" &)`;

/** What an agent detaches; it ends by no signal that can be refused. */
export const DETACHED = `trap '' INT TERM HUP; while :; do sleep 0.1; done`;

/**
 * An agent that writes down, outside of its workspace, each file and each commit as soon as nothing may lose it any
 * more: of a commit its tree, since the commits of an agent that ended well are made again with the task's name. Of three, one ends well, one stays, one ends badly.
 */
export const STORM_AGENT = `
keep() { printf '%s' "$RALPH_TASK_ID $1" > "$1" && sync "$1" && echo "file $1 $RALPH_TASK_ID" >> "$OUT/journal"; }
setsid "$OUT/bin/detached" &
${FLED}
for step in 1 2 3; do
  keep "file.$RALPH_TASK_ID.$step"
  sleep 0.05
  git add -A && git commit -qm "step $step" && echo "commit $(git rev-parse HEAD^{tree}) $RALPH_TASK_ID" >> "$OUT/journal"
  sleep 0.05
done
keep "edit.$RALPH_TASK_ID"
case $RALPH_TASK_ID in
  *-1) exit 0 ;;
  *-2) while :; do sleep 0.1; done ;;
  *) sleep 0.1; exit 3 ;;
esac`;

/** Returns what agents have written down, as the objects that must not be lost; what it is stands beside each. */
export function journalled(folder: string): Map<string, string> {
  const path = join(folder, 'journal');
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : [];
  return new Map(
    lines
      .map((line) => line.split(' '))
      .filter((words) => words.length === 3)
      .map(([kind = '', what = '', taskId = '']) => [
        kind === 'commit' ? what : blobOf(`${taskId} ${what}`),
        `${kind} ${what} of ${taskId}`,
      ]),
  );
}

/** The name that git gives to a file with this content. */
function blobOf(content: string): string {
  return createHash('sha1')
    .update(`blob ${Buffer.byteLength(content)}\0${content}`)
    .digest('hex');
}
