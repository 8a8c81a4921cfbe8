import { Failure, isFailure } from '../contract/failure.ts';
import { nearestWord } from './nearest-word.ts';

/** A usage error: one line, the nearest known word, and where the help is. */
export function usageFailure(program: string, message: string): Failure {
  return new Failure('usage', message, { hint: `try ${program} --help` });
}

/** The usage error for a word that is not known. */
export function unknownWord(program: string, kind: string, word: string, known: readonly string[]): Failure {
  const code = kind === 'command' ? 'unknown_command' : 'usage';
  return new Failure(code, `unknown ${kind} ${word}${guess(word, known)}`, { hint: `try ${program} --help` });
}

/** Says of a value that it is none of those that there are, and which may have been meant. */
export function notAmong(value: string, choices: readonly string[]): string {
  return `not one of ${choices.join(', ')}${guess(value, choices)}`;
}

function guess(word: string, known: readonly string[]): string {
  const nearest = nearestWord(word, known);
  return nearest === undefined ? '' : `; did you mean ${nearest}?`;
}

/** Returns a usage error with the help of its command instead of that of the program, which tells of no options; else what was thrown. */
export function withCommandHelp(thrown: unknown, program: string, words: readonly string[]): unknown {
  if (!isFailure(thrown) || thrown.parts.hint !== `try ${program} --help`) return thrown;
  const hint = `try ${[program, ...words].join(' ')} --help`;
  return new Failure(thrown.code, thrown.message, { ...thrown.parts, hint });
}
