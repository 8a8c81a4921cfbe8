/**
 * Tells whether two scopes of tasks may mean the same files. A scope is a path, or a pattern with `*`, `?` and `**`; a
 * folder stands for all that is in it. Two patterns that meet are taken as overlapping. Words that are no path overlap
 * with the same words only. Pure.
 */
export function scopesOverlap(one: string, other: string): boolean {
  const [a, b] = [stepsOf(one), stepsOf(other)];
  for (let at = 0; at < Math.min(a.length, b.length); at += 1) {
    const [left = '', right = ''] = [a[at], b[at]];
    if (left === '**' || right === '**') return true;
    if (!stepsMeet(left, right)) return false;
  }
  return true;
}

/** Tells whether any scope of the one list overlaps any of the other. */
export function anyOverlap(some: readonly string[], others: readonly string[]): boolean {
  return some.some((one) => others.some((other) => scopesOverlap(one, other)));
}

/** `.` and an empty scope are the whole repository. */
function stepsOf(scope: string): string[] {
  return scope
    .trim()
    .split('/')
    .filter((step) => step !== '' && step !== '.');
}

function stepsMeet(one: string, other: string): boolean {
  if (one === other) return true;
  const [isPattern, isOtherPattern] = [/[*?]/.test(one), /[*?]/.test(other)];
  if (isPattern && isOtherPattern) return true;
  if (isPattern) return matches(one, other);
  return isOtherPattern && matches(other, one);
}

/** Without a regular expression: a scope comes from a file that others write, and must not cost more than its length. */
function matches(pattern: string, name: string): boolean {
  let [at, to, star, resume] = [0, 0, -1, 0];
  while (to < name.length) {
    if (pattern[at] === '*') [star, resume, at] = [at, to, at + 1];
    else if (at < pattern.length && (pattern[at] === '?' || pattern[at] === name[to])) [at, to] = [at + 1, to + 1];
    else if (star === -1) return false;
    else [at, to, resume] = [star + 1, resume + 1, resume + 1];
  }
  return pattern.slice(at).replaceAll('*', '') === '';
}
