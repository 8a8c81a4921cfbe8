/** Where the words come from that depend on the repository at hand: a command that prints them, and the field that has them. */
interface Source {
  readonly command: string;
  /** Nothing where each line is a word. */
  readonly field?: string;
}

/** Commands without options where there is a choice: those start soonest. */
const SOURCES = {
  records: { command: 'ralph-state list', field: 'task_id' },
  tasks: { command: 'ralph-state task list', field: 'id' },
  workspaces: { command: 'ralph-worker list --brief', field: 'task_id' },
  loops: { command: 'ralph-worker worktree list', field: 'name' },
  runs: { command: 'ralph-orchestrate history', field: 'run_id' },
  settings: { command: 'ralph-orchestrate config', field: 'key' },
  targets: { command: 'ralph-orchestrate notify list', field: 'id' },
  schemas: { command: 'ralph-state schema', field: 'name' },
  branches: { command: "git for-each-ref --format='%(refname:short)' refs/heads" },
  remotes: { command: 'git remote' },
} as const satisfies Record<string, Source>;

export type SourceName = keyof typeof SOURCES;

/** A word that no shell reads anything into: names come from whoever may write to the repository. */
const PLAIN = '^[A-Za-z0-9_][A-Za-z0-9_.@+=\\/-]*$';

/**
 * Returns a script for sh that prints the words of some sources, one per line. Its first argument is the repository, or
 * nothing for the one around this folder. It says nothing where there is none, and leaves out what would need quotes.
 */
export function askingScript(names: readonly SourceName[]): string {
  return [
    'exec </dev/null 2>/dev/null',
    // Node would read them at each start, which takes as long as all the rest.
    'unset NODE_EXTRA_CA_CERTS',
    // To cd a dash is the folder before, and a name without a slash may lie in a folder of CDPATH.
    'case $1 in -*) set -- "./$1" ;; esac',
    '[ -z "$1" ] || CDPATH= cd -- "$1" >/dev/null || exit 0',
    ...names.map((name) => asking(SOURCES[name])),
  ].join('; ');
}

function asking({ command, field }: Source): string {
  if (field === undefined) return `${command} | awk '/${PLAIN}/'`;
  // The lines are JSON: between quotes there is a field, then the colon, then its value.
  const isField = `$i == "${field}" && $(i + 1) == ":" && $(i + 2) ~ /${PLAIN}/`;
  return `${command} | awk -F'"' '{ for (i = 2; i < NF; i++) if (${isField}) { print $(i + 2); next } }'`;
}
