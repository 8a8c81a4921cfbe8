import { printable } from './printable.ts';
import { FAILURE_CODES, type Failure } from '../contract/failure.ts';

/** Returns what a person reads on stderr about a failure: what happened, then the next command. */
export function failureText(program: string, failure: Failure): string {
  const { hint } = failure.parts;
  const head = `${program}: ${failure.message}`;
  if (hint === undefined) return printable(head);
  return printable(FAILURE_CODES[failure.code] === 'usage' ? `${head}; ${hint}` : `${head}\n  next: ${hint}`);
}
