import { RUNTIME_PATTERNS, SECRET_EXAMPLES, SECRET_PATTERNS } from './paths.ts';

/**
 * Returns pathspecs for the files that no commit of ours may add: files of the run and files that hold secrets by
 * custom, less their examples. A pattern with a slash inside counts from the root, as in an ignore file; another one
 * at any depth.
 */
export function forbiddenPathspecs(
  patterns: readonly string[] = [...RUNTIME_PATTERNS, ...SECRET_PATTERNS],
  allowed: readonly string[] = SECRET_EXAMPLES,
): string[] {
  const forbidden = patterns.flatMap((pattern) => {
    const name = pattern.replace(/\/$/, '');
    const anchored = name.includes('/') ? name : `**/${name}`;
    // A link in the place of a folder is as bad as what it leads to.
    return [`:(top,glob)${anchored}`, `:(top,glob)${anchored}/**`];
  });
  return [...forbidden, ...allowed.map((name) => `:(top,exclude,glob)**/${name}`)];
}
