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
    const isFolder = pattern.endsWith('/');
    const name = isFolder ? pattern.slice(0, -1) : pattern;
    const anchored = name.includes('/') ? name : `**/${name}`;
    const inside = `:(top,glob)${anchored}/**`;
    return isFolder ? [inside] : [`:(top,glob)${anchored}`, inside];
  });
  return [...forbidden, ...allowed.map((name) => `:(top,exclude,glob)**/${name}`)];
}
