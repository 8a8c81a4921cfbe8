import { Failure } from '../contract/failure.ts';
import { nearestWord } from './nearest-word.ts';

/** A usage error: one line, the nearest known word, and where the help is. */
export function usageFailure(program: string, message: string): Failure {
  return new Failure('usage', message, { hint: `try ${program} --help` });
}

/** The usage error for a word that is not known. */
export function unknownWord(program: string, kind: string, word: string, known: readonly string[]): Failure {
  const nearest = nearestWord(word, known);
  const guess = nearest === undefined ? '' : `; did you mean ${nearest}?`;
  const code = kind === 'command' ? 'unknown_command' : 'usage';
  return new Failure(code, `unknown ${kind} ${word}${guess}`, { hint: `try ${program} --help` });
}
