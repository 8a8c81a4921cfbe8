import { execFileSync } from 'node:child_process';

/** Ways out of a sandbox; each prints `BREACH` and its name where it leads anywhere. */
export const ESCAPES = String.raw`
try() { name=$1; shift; if sh -c "$*" >/dev/null 2>&1; then echo "BREACH $name"; fi; }
cat >/dev/null
try checkout 'echo x >>"$ROOT/README.md"'
try new-file 'touch "$ROOT/new"'
try rights 'chmod 777 "$ROOT/README.md"'
try unlink 'rm -f "$ROOT/README.md"'
try rename 'mv "$ROOT/README.md" "$ROOT/other.md"'
try hooks 'echo evil >"$ROOT/.git/hooks/pre-push"'
try git-config 'git -C "$ROOT" config core.fsmonitor evil'
try refs 'git -C "$ROOT" update-ref refs/heads/evil HEAD'
try objects 'touch "$ROOT/.git/objects/evil"'
try index 'git -C "$ROOT" rm -q --cached README.md'
try other-workspace 'touch "$ROOT/../.workspaces/repo/parallel/RQ-0009/evil"'
try other-workspace-read 'cat "$ROOT/../.workspaces/repo/parallel/RQ-0009/README.md"'
try store 'touch "$ROOT/../.workspaces/repo/parallel/.ralph-setup/evil"'
try home 'touch "$HOME/evil"'
try key 'test -s "$HOME/.ssh/id_ed25519"'
try token 'test -s "$HOME/.netrc"'
try state 'test -e "$ROOT/.ralph/queue.jsonc" || touch "$ROOT/.ralph/evil"'
try logs 'ls "$ROOT/.ralph/logs/parallel" | grep .'
try symlink 'ln -s "$ROOT/README.md" link && echo x >>link'
try folder-link 'ln -s "$ROOT" folder && touch folder/new'
try hard-link 'ln "$ROOT/README.md" hard'
try proc 'test -e "/proc/$OUTER"'
try proc-root 'for root in /proc/[0-9]*/root; do echo x >>"$root/$ROOT/README.md" && exit 0; done; exit 1'
try proc-folder 'for open in /proc/self/fd/*; do test -d "$open/" && exit 0; done; exit 1'
try kill 'kill -0 "$OUTER"'
try trace 'strace -p "$OUTER" -o /dev/null'
try mount 'mkdir -p m && mount -t tmpfs none m'
try bind 'mount --bind . "$ROOT"'
try remount 'mount -o remount,rw,bind /'
try unmask 'umount "$ROOT/.ralph"'
try users 'unshare --user true'
try user-mounts 'unshare --user --map-root-user --mount mount -o remount,rw,bind /'
try nested 'bwrap --ro-bind / / true'
try powers '! grep -q "^CapEff:.0000000000000000" /proc/self/status'
try privileges '! grep -q "^NoNewPrivs:.1" /proc/self/status'
try setuid 'cp /bin/sh s && chmod 4755 s && ./s -p -c "touch \"$ROOT/new\""'
try device 'mknod d b 8 0'
try devices 'ls /dev/sd* /dev/vd* /dev/nvme* /dev/mem /dev/kmsg /dev/loop0 | grep .'
try kernel 'test -w /proc/sys/kernel/core_pattern || test -w /proc/sysrq-trigger'
try groups 'mkdir /sys/fs/cgroup/evil'
try docker 'test -S /run/docker.sock'
try agent-socket 'test -S "$SSH_AUTH_SOCK"'
try memory 'ls /dev/shm | grep .'
try terminal 'echo x >/dev/tty'
echo evil >"/tmp/$(basename "$OUT").evil"; echo evil >"$TMPDIR/$(basename "$OUT").evil"
echo work >work.txt && git add work.txt && git commit -q -m work && echo DONE`;

/** Returns what stands in a folder, byte for byte, with rights; without what we keep there ourselves. */
export function viewOf(folder: string): string {
  const ours = ['./.ralph', './.git/objects', './.git/refs/ralph'].flatMap((path) => ['-path', path, '-prune', '-o']);
  const list = (...action: readonly string[]) =>
    execFileSync('find', ['.', ...ours, ...action], { cwd: folder, encoding: 'utf8' })
      .split('\n')
      .toSorted()
      .join('\n');
  return `${list('-printf', String.raw`%p %y %m %n %l\n`)}\n${list('-type', 'f', '-exec', 'sha1sum', '{}', '+')}`;
}
