# Moves the task `id` from the queue file (second) to the end of the done file (first), both written as JSON.stringify does.
FNR == 1 { file += 1 }
file == 1 { done[++dones] = $0; next }
/^    \{$/ { held = $0; own = 0; inside = 1; next }
inside {
  if (index($0, "\"id\": \"" id "\"")) own = 1
  held = held "\n" $0
  if ($0 ~ /^    \},?$/) {
    inside = 0
    sub(/,$/, "", held)
    if (own) moved = held
    else kept[++keeps] = held
  }
  next
}
{ frame[++frames] = $0 }
function put(path, blocks, count, index_) {
  printf "{\n  \"version\": 1,\n  \"tasks\": [" > path
  for (index_ = 1; index_ <= count; index_ += 1) printf "%s\n%s", (index_ > 1 ? "," : ""), blocks[index_] > path
  printf "%s]\n}\n", (count > 0 ? "\n  " : "") > path
  close(path)
}
END {
  sub(/"status": "todo"/, "\"status\": \"done\"", moved)
  sub(/"updated_at": "[^"]*"/, "\"updated_at\": \"" at "\",\n      \"completed_at\": \"" at "\"", moved)
  put(".ralph/queue.next", kept, keeps)
  for (line = 1; line <= dones; line += 1) {
    if (done[line] ~ /^    \{$/) { block = ""; within = 1 }
    if (within) block = block (block == "" ? "" : "\n") done[line]
    if (done[line] ~ /^    \},?$/) { within = 0; sub(/,$/, "", block); all[++count_] = block }
  }
  all[++count_] = moved
  put(".ralph/done.next", all, count_)
}
