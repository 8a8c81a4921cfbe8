/** What a task is like; the agent acts by it. */
export const KINDS = [
  'plain',
  'slow',
  'late',
  'shared',
  'shared',
  'stubborn',
  'red',
  'hopeless',
  'forking',
  'committing',
  'failing',
  'dependent',
] as const;

export type Kind = (typeof KINDS)[number];

/** Kinds whose work may end up blocked: nobody mends their conflict or their red gate. */
export const MAY_BLOCK: ReadonlySet<Kind> = new Set(['stubborn', 'hopeless']);

/**
 * The agent, which is also the resolver. Each file of its own that it has written it also writes down in the journal, by
 * the id of its content, so that work that is lost is found out.
 */
export function agentScript(folder: string, kinds: ReadonlyMap<string, Kind>): string {
  const cases = [...kinds].map(([id, kind]) => `${id}) kind=${kind} ;;`).join('\n');
  return `
cat >/dev/null
id=$RALPH_TASK_ID
case $id in
${cases}
esac
if [ -n "\${RALPH_HANDOFF-}" ]; then
  sleep 0.03
  case $kind in stubborn|hopeless) exit 0 ;; esac
  for file in $(git diff --name-only --diff-filter=U); do
    sed -i -e '/^||||||| /,/^=======$/d' -e '/^<<<<<<< /d' -e '/^=======$/d' -e '/^>>>>>>> /d' "$file"
  done
  [ ! -f "bad/$id" ] || echo green >"bad/$id"
  exit 0
fi
case \${RALPH_PHASE-} in
  plan) echo "a plan for $id"; exit 0 ;;
  review) echo "it is as planned"; exit 0 ;;
esac
write() {
  mkdir -p "$(dirname "$1")"
  echo "$2" >>"$1"
  echo "$(git hash-object "$1") $id $RALPH_ATTEMPT $1" >>"${folder}/journal"
}
[ $kind != late ] || sleep 0.2
write "work/$id" "$id by attempt $RALPH_ATTEMPT"
case $kind in
  slow) sleep 0.3 ;;
  shared|stubborn) sleep 0.1; write shared.txt "$id" ;;
  red|hopeless) write "bad/$id" red ;;
  forking) setsid sleep 60 >/dev/null 2>&1 & ;;
  committing)
    git add -A
    git commit -q -m "a message without the task"
    write "work/$id.more" "$id"
    write "work/$id" "$id again" ;;
  failing) if [ ! -e "${folder}/failed" ]; then touch "${folder}/failed"; exit 3; fi ;;
esac
echo "$id is done"
`;
}

/** The gate: a tree that it has passed is written down. */
export function gateScript(folder: string): string {
  return `
tree=$(git rev-parse 'HEAD^{tree}')
sleep 0.03
! grep -qs red bad/* || { echo 'a file is red'; exit 1; }
! grep -qs '^<<<<<<<' shared.txt || { echo 'a marker is left'; exit 1; }
echo "$tree" >>"${folder}/green"
`;
}
