// The scripted agent of a world, which is also its resolver. What it writes it notes in the journal, by the id of the
// content, so that work that is lost is found out.

const WRITE = `
write() {
  mkdir -p "$(dirname "$1")"
  echo "$2" >>"$1"
  echo "$(git hash-object "$1") $id $RALPH_ATTEMPT $1" >>"$folder/journal"
}
note() { echo "$(git hash-object "$1") $id $RALPH_ATTEMPT $1" >>"$folder/journal"; }
first() { [ ! -e "$folder/once/$id" ] && : >"$folder/once/$id"; }
outlive() { perl -e 'sleep 600' "$folder/child.$id"; }
`;

const RESOLVE = `
if [ -n "\${RALPH_HANDOFF-}" ]; then
  case $kind in stubborn|hopeless) exit 0 ;; esac
  git diff --name-only --diff-filter=U | while IFS= read -r file; do
    sed -i -e '/^||||||| /,/^=======$/d' -e '/^<<<<<<< /d' -e '/^=======$/d' -e '/^>>>>>>> /d' "$file"
  done
  [ ! -f "bad/$id" ] || echo green >"bad/$id"
  exit 0
fi
`;

/** Two at work on one task at the same time are noted: by the number of the one that has not ended. */
const ALONE = `
other=$(cat "$folder/active/$id" 2>/dev/null)
if [ -n "$other" ] && grep -qs "$folder/bin/agent" "/proc/$other/cmdline"; then echo "$id: $other and $$" >>"$folder/at-once"; fi
echo $$ >"$folder/active/$id"
`;

const ACT = `
case $kind in
  slow) sleep 0.4 ;;
  shared|stubborn) sleep 0.1; write shared.txt "$id" ;;
  red|hopeless) write "bad/$id" red ;;
  committing)
    git add -A
    git commit -q -m 'a message without the task'
    write "work/more of $id" "$id"
    write "work/$id" "$id again" ;;
  binary)
    mkdir -p 'assets/größer'
    head -c 200000 /dev/urandom >"assets/größer/$id.bin"
    note "assets/größer/$id.bin" ;;
  'failing once') if first; then exit 3; fi ;;
  failing) echo 'I cannot do this'; exit 3 ;;
  hanging) trap '' INT; outlive ;;
  'hanging once') if first; then outlive; fi ;;
  forking)
    (setsid sh -c 'trap "" INT HUP; exec perl -e "sleep 600" "$1"' fork "$folder/child.$id" >/dev/null 2>&1 &)
    (cd "$RALPH_WORKSPACE" && env -i PATH="$PATH" setsid perl -e 'sleep 600' "$folder/child.$id" >/dev/null 2>&1 &)
    sleep 0.05 ;;
  flooding) yes "the agent of $id has very much to say, and says it again" | head -c 4000000 ;;
  deleting) git rm -q -r --cached docs >/dev/null; rm -rf docs ;;
  'without index') rm -f .git/index ;;
  'without git') rm -rf .git ;;
  'without workspace') cd / && rm -rf "$RALPH_WORKSPACE"; exit 0 ;;
  secret)
    echo "TOKEN=$(cat "$folder/token")" >.env.local
    git add -f .env.local
    git commit -q -m 'all that is needed'
    echo "password=$(cat "$folder/token")"
    exit 0 ;;
  'secret left') echo "TOKEN=$(cat "$folder/token")" >.env.left; mkdir -p .ralph/cache; echo x >.ralph/cache/mine ;;
  'half a rebase')
    git add -A && git commit -q -m one && git branch -q other
    write shared.txt "$id one" && git commit -q -am two
    git checkout -q other
    write shared.txt "$id other" && git commit -q -am three
    git rebase -q - >/dev/null 2>&1 ;;
esac
`;

/** Returns the text of the agent of the world in a folder. */
export function agentScript(folder) {
  return `#!/bin/sh
folder='${folder}'
cat >/dev/null
id=$RALPH_TASK_ID
kind=$(cat "$folder/kinds/$id")
echo "$id: $kind"
${ALONE}${WRITE}${RESOLVE}
[ "$kind" = secret ] || [ "$kind" = 'without workspace' ] || write "work/$id" "$id by attempt $RALPH_ATTEMPT"
echo 'the first file is written'
${ACT}
echo "$id is done"
exit 0
`;
}

/** Returns the text of the gate: a tree that it has passed is written down. */
export function gateScript(folder) {
  return `#!/bin/sh
tree=$(git rev-parse 'HEAD^{tree}') || exit 1
sleep 0.05
! grep -qs red bad/* || { echo 'a file is red'; exit 1; }
! grep -qs '^<<<<<<<' shared.txt || { echo 'a marker is left'; exit 1; }
echo "$tree" >>'${folder}/green'
`;
}
