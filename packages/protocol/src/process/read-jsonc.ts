import { closeSync, constants, fstatSync, openSync, statSync } from 'node:fs';
import { commandLine } from '../cli/shell-words.ts';
import { asIoFailure, Failure, type FailureCode } from '../contract/failure.ts';
import { DEEPEST, MOST_FILE_VALUES } from '../contract/light-json.ts';
import { FILE_LIMIT_BYTES, readOpenFile } from './read-open-file.ts';

const HALF = 'half of a surrogate pair, which is no character';

/**
 * Returns the text of a file, or nothing when there is none. What an agent or a repository has put in its place (a pipe,
 * a link to a device) is not waited for.
 *
 * @throws Failure `file_too_large`, `permission` or `io`
 */
export function readTextIfPresent(path: string): string | undefined {
  let file: number | undefined;
  try {
    // Most are asked for to see that there is none, and an error takes Node ten times as long to make.
    if (statSync(path, { throwIfNoEntry: false }) === undefined) return undefined;
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stats = fstatSync(file);
    if (!stats.isFile() && !stats.isDirectory()) throw noFile(path);
    if (stats.size > FILE_LIMIT_BYTES) throw tooLarge(path);
    return readOpenFile(file, stats.size).toString('utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw asIoFailure(error, `read ${path}`);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function noFile(path: string): Failure {
  return new Failure('io', `cannot read ${path}: it is a pipe, a device or the like`, {
    hint: commandLine(['rm', path]),
  });
}

function tooLarge(path: string): Failure {
  return new Failure('file_too_large', `${path} is larger than the ${FILE_LIMIT_BYTES / 2 ** 20} MiB that are read`, {
    hint: commandLine(['ls', '-l', path]),
    details: { path },
  });
}

/**
 * Parses JSON that may hold comments, trailing commas and a byte order mark.
 *
 * @throws Failure with the given code, naming file, line and column; a text that is nested deeper or has more values than any file of
 *   ours is refused as well, and so is one in which a key occurs twice, since readers differ in which one they take
 */
export async function parseJsonc(text: string, path: string, code: FailureCode): Promise<unknown> {
  const body = text.startsWith('\uFEFF') ? text.slice(1) : text;
  const { parse, printParseErrorCode, visit } = await import('jsonc-parser');
  const objects: Set<string>[] = [];
  const refuse = (offset: number, what: string) => {
    throw corrupt(path, body, offset, what, code);
  };
  let values = 0;
  const count = (offset: number) => {
    values += 1;
    if (values > MOST_FILE_VALUES) refuse(offset, `more than ${MOST_FILE_VALUES} values`);
  };
  const enter = (offset: number) => {
    count(offset);
    if (objects.push(new Set()) > DEEPEST) refuse(offset, `nested deeper than ${DEEPEST}`);
  };
  const leave = () => void objects.pop();
  visit(
    body,
    {
      onObjectBegin: enter,
      onArrayBegin: enter,
      onObjectEnd: leave,
      onArrayEnd: leave,
      onObjectProperty: (name, offset) => {
        if (name === '__proto__') refuse(offset, 'a key named __proto__');
        if (!name.isWellFormed()) refuse(offset, HALF);
        const names = objects.at(-1);
        if (names?.has(name) === true) refuse(offset, `the key ${JSON.stringify(name)} occurs twice`);
        names?.add(name);
      },
      onLiteralValue: (value: unknown, offset) => {
        count(offset);
        if (typeof value === 'string' && !value.isWellFormed()) refuse(offset, HALF);
      },
      onError: (error, offset) => refuse(offset, printParseErrorCode(error)),
    },
    { allowTrailingComma: true, disallowComments: false },
  );
  return parse(body, [], { allowTrailingComma: true });
}

function corrupt(path: string, text: string, offset: number, what: string, code: FailureCode): Failure {
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  const column = offset - before.lastIndexOf('\n');
  return new Failure(code, `${path}:${line}:${column}: cannot be read: ${what}`, {
    hint: `mend that line, or restore the file; it was left as it is`,
    details: { path, line, column },
  });
}
