import type * as z from 'zod';
import { meantValue } from '../cli/meant-value.ts';
import { nearestWord } from '../cli/nearest-word.ts';
import { Failure, isFailure } from '../contract/failure.ts';
import { parseJsonc, readTextIfPresent } from './read-jsonc.ts';

/** Nobody mends more at a time, and for each the file is gone through again. */
const MOST_NAMED = 100;

/** One thing that is wrong with the configuration. */
export interface ConfigProblem {
  /** Where and what: `/x/.ralph/config.jsonc:3: parallel.wokers: no such key`. */
  readonly text: string;
  /** What to do about it. */
  readonly hint: string;
}

export interface ReadConfig<T> {
  readonly path: string;
  /** Nothing where there is no such file, or where something is wrong with it. */
  readonly value: T | undefined;
  readonly problems: readonly ConfigProblem[];
  /** Returns the line in which a key stands, from 1. */
  lineOf(key: readonly PropertyKey[]): number | undefined;
}

/**
 * Reads a configuration file and names what is wrong with it, up to a hundred things, each with its line. An unknown key
 * comes with the nearest known name.
 *
 * @throws Failure `permission` or `io` when it is there and cannot be read
 */
export async function readConfigFile<T>(path: string, schema: z.ZodType<T>): Promise<ReadConfig<T>> {
  const text = readTextIfPresent(path);
  if (text === undefined) return { path, value: undefined, problems: [], lineOf: () => undefined };
  let data: unknown;
  try {
    data = await parseJsonc(text, path, 'config_invalid');
  } catch (error) {
    if (!isFailure(error)) throw error;
    const problem = { text: error.message, hint: error.parts.hint ?? '' };
    return { path, value: undefined, problems: [problem], lineOf: () => undefined };
  }
  const lineOf = await linesOf(text);
  const parsed = schema.safeParse(data);
  if (parsed.success) return { path, value: parsed.data, problems: [], lineOf };
  const paths = parsed.error.issues.map((issue) => issue.path.join('\0'));
  // One thing that is wrong with a value is enough to mend it.
  const firsts = parsed.error.issues.filter(
    ({ code }, n) => code === 'unrecognized_keys' || paths.indexOf(paths[n] ?? '') === n,
  );
  const problems = firsts.slice(0, MOST_NAMED).flatMap((issue) => problemsOf(issue, schema, { path, lineOf, data }));
  return { path, value: undefined, problems, lineOf };
}

/** Returns the failure that names all that is wrong with the configuration. */
export function configFailure(problems: readonly ConfigProblem[]): Failure {
  const [first] = problems;
  const details = { problems: problems.map(({ text }) => text) };
  if (first !== undefined && problems.length === 1)
    return new Failure('config_invalid', first.text, { hint: first.hint, details });
  const lines = problems.map(({ text, hint }) => `\n  ${text}; ${hint}`);
  return new Failure('config_invalid', `${problems.length} things are wrong with the configuration:${lines.join('')}`, {
    hint: 'mend them, and look again with: ralph-orchestrate config',
    details,
  });
}

type Issue = z.core.$ZodIssue;
type Place = Pick<ReadConfig<unknown>, 'path' | 'lineOf'> & { readonly data: unknown };

function problemsOf(issue: Issue, schema: z.ZodType, place: Place): ConfigProblem[] {
  if (issue.code !== 'unrecognized_keys') {
    const hint = meantValue(issue, valueAt(place.data, issue.path)) ?? 'mend that key, or remove it';
    return [{ text: `${where(place, issue.path)}: ${issue.message}`, hint }];
  }
  const known = knownKeys(schema, issue.path);
  return issue.keys.slice(0, MOST_NAMED).map((key) => {
    const nearest = nearestWord(key, known);
    const hint = nearest === undefined ? `the keys there are ${known.join(', ')}` : `did you mean ${nearest}?`;
    return { text: `${where(place, [...issue.path, key])}: there is no such key`, hint };
  });
}

function valueAt(data: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce((value, step) => (value as Record<PropertyKey, unknown> | undefined)?.[step], data);
}

function where({ path, lineOf }: Place, key: readonly PropertyKey[]): string {
  const line = lineOf(key);
  const name = key.map(String).join('.');
  return `${path}${line === undefined ? '' : `:${line}`}${name === '' ? '' : `: ${name}`}`;
}

/** Returns the keys of the section that a path leads to. */
function knownKeys(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  let at: unknown = schema;
  const bare = () => {
    while (typeof (at as { unwrap?: unknown }).unwrap === 'function') at = (at as { unwrap: () => unknown }).unwrap();
    return (at as { shape?: Record<PropertyKey, unknown> }).shape ?? {};
  };
  for (const step of path) {
    const shape = bare();
    // A list was unwrapped to what its entries are.
    if (typeof step !== 'number') at = shape[step] ?? {};
  }
  return Object.keys(bare());
}

async function linesOf(text: string): Promise<ReadConfig<unknown>['lineOf']> {
  const body = text.startsWith('\uFEFF') ? text.slice(1) : text;
  const { findNodeAtLocation, parseTree } = await import('jsonc-parser');
  const tree = parseTree(body, [], { allowTrailingComma: true });
  return (key) => {
    if (tree === undefined) return undefined;
    const node = findNodeAtLocation(tree, key as (string | number)[]);
    if (node === undefined) return undefined;
    const at = node.parent?.type === 'property' ? node.parent : node;
    return body.slice(0, at.offset).split('\n').length;
  };
}
