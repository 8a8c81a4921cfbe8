/** A ref of an attempt in the user's repository. */
export interface AttemptRef {
  readonly ref: string;
  readonly commit: string;
  /** When its commit was made, in ms since 1970. */
  readonly at: number;
}

export interface RefRule {
  /** Refs whose attempt is older than this, in ms since 1970, may go. */
  readonly before: number;
  /** Whether a remote has a commit. */
  readonly isOnRemote: (commit: string) => boolean;
  /** Whether something of an attempt is to stay: its logs, or anything of its task. */
  readonly isKept: (taskId: string, attempt: number) => boolean;
}

const FORM = /^refs\/ralph\/(attempts|landed|published)\/([^/]+)\/([1-9]\d{0,8})$/;

/**
 * Returns the refs that have outlived their use: those of attempts that have landed, as a remote has it, and of attempts
 * that have made no commit which a remote does not have. What has not landed is never among them, however old it is, and
 * neither is anything that was salvaged.
 */
export function outlivedRefs(refs: readonly AttemptRef[], rule: RefRule): AttemptRef[] {
  const isLanded = ({ ref, commit, at }: AttemptRef) => {
    const [, kind] = FORM.exec(ref) ?? [];
    return kind === 'landed' && at < rule.before && rule.isOnRemote(commit);
  };
  const landed = new Set(refs.filter(isLanded).map(({ ref }) => attemptOf(ref)));
  // While one of them is there, its number must not be given again: what is made under it would count as landed.
  const told = new Set(refs.filter(({ ref }) => FORM.exec(ref)?.[1] !== 'attempts').map(({ ref }) => attemptOf(ref)));
  return refs.filter(({ ref, commit }) => {
    const [, kind, taskId, attempt] = FORM.exec(ref) ?? [];
    if (taskId === undefined || rule.isKept(taskId, Number(attempt))) return false;
    if (landed.has(attemptOf(ref))) return true;
    return kind === 'attempts' && rule.isOnRemote(commit) && !told.has(attemptOf(ref));
  });
}

function attemptOf(ref: string): string {
  return ref.split('/').slice(3).join('/');
}
