import { Failure } from '@ralph/protocol/contract/failure';
import { globExpression, type PathMatcher } from './copy-glob.ts';
import { closedFolderOf } from './no-travel.ts';

/** One `--copy GLOB`. */
export interface CopyPattern {
  /** How a message names it: by its place among its like. */
  readonly name: string;
  /** What stands before the first sign of a pattern, up to a slash; empty when it may match anywhere. */
  readonly folder: string;
  matches(path: string): boolean;
}

/**
 * Reads the values of `--copy` (reference: part A9, "Allowlist syntax").
 *
 * @throws Failure `config_invalid` that names the first bad one by its index
 */
export function readCopyPatterns(values: readonly string[]): CopyPattern[] {
  return values.map((value, index) => {
    const name = `--copy[${index}]`;
    const glob = value.trim().replaceAll('\\', '/').replace(/^\.\//, '');
    const problem = problemOf(glob);
    if (problem !== undefined) throw invalid(name, value, problem);
    const expression = expressionOf(name, value, glob);
    const folder = /^[^*?[{]*\//.exec(glob)?.[0] ?? '';
    return { name: `${name} ${JSON.stringify(value)}`, folder, matches: (path) => expression.test(path) };
  });
}

function problemOf(glob: string): string | undefined {
  const parts = glob.split('/');
  if (glob === '') return 'is empty';
  if (/^(?:\/|[A-Za-z]:)/.test(glob)) return 'is absolute; paths count from the root of the repository';
  if (glob.endsWith('/')) return 'ends with a slash; name files, such as FOLDER/**';
  if (parts.includes('..')) return 'has ".." in it';
  if (parts.includes('.')) return 'has "." in it';
  const closed = closedFolderOf(glob);
  return closed === undefined ? undefined : `lies in ${closed}/, from which nothing travels`;
}

function expressionOf(name: string, value: string, glob: string): PathMatcher {
  try {
    return globExpression(glob);
  } catch (error) {
    throw invalid(name, value, error instanceof Error ? error.message : String(error));
  }
}

function invalid(name: string, value: string, problem: string): Failure {
  return new Failure('config_invalid', `${name}: the pattern ${JSON.stringify(value)} ${problem}`, {
    hint: "a glob such as 'config/*.json' or 'certs/**/*.pem'",
  });
}
