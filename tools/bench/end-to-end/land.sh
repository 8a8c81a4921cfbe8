#!/bin/sh
# The same git steps for one task as a person would script them, for xargs: a workspace that shares the objects, the
# agent, its commit, and then under one lock the rebase, the move of the task to the done file, the push, and the
# checkout brought up to date. Nothing is checked, kept or recovered.
set -e
id=$1
ws=$BENCH_SPACE/$id
git clone -q --shared --no-checkout "$BENCH_ROOT" "$ws"
cd "$ws"
git remote set-url origin "$BENCH_ORIGIN"
git config user.name Bench
git config user.email bench@example.com
git fetch -q origin main
git checkout -q -B main FETCH_HEAD
RALPH_TASK_ID=$id "$BENCH_AGENT" < /dev/null
git add -A
git commit -q -m "$id: work"
exec 9> "$BENCH_SPACE/lock"
flock 9
git fetch -q origin main
git rebase -q FETCH_HEAD
if [ -n "$BENCH_GATE" ]; then sh -c "$BENCH_GATE"; fi
awk -v id="$id" -v at="$(date -u +%Y-%m-%dT%H:%M:%SZ)" -f "$BENCH_MOVE" .ralph/done.jsonc .ralph/queue.jsonc
mv .ralph/done.next .ralph/done.jsonc
mv .ralph/queue.next .ralph/queue.jsonc
git add .ralph/queue.jsonc .ralph/done.jsonc
git commit -q -m "$id: move to done"
git push -q origin HEAD:main
git -C "$BENCH_ROOT" pull -q --ff-only origin main
flock -u 9
cd "$BENCH_SPACE"
rm -rf "$ws"
