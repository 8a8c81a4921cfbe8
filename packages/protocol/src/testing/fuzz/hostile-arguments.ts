import fc from 'fast-check';
import { COMMON_OPTIONS } from '../../cli/options.ts';
import type { ProgramSpec } from '../../cli/program.ts';
import { hostileWord } from './hostile-values.ts';

/** Argument lists of a program: its commands with their own options and others, and values that mean harm. */
export function hostileArguments(program: ProgramSpec, leftOut: readonly string[] = []): fc.Arbitrary<string[]> {
  const commands = program.commands.filter(({ words }) => !leftOut.includes(words.join(' ')));
  return fc.constantFrom(...commands).chain(({ words, options, operands, command }) => {
    const names = Object.keys({ ...COMMON_OPTIONS, ...options }).filter((name) => name !== 'repo');
    const option = fc.oneof(
      fc.tuple(fc.constantFrom(...names), hostileWord).map(([name, value]) => [`--${name}=${value}`]),
      fc.tuple(fc.constantFrom(...names), hostileWord).map(([name, value]) => [`--${name}`, value]),
      fc.constantFrom(...names).map((name) => [`--${name}`]),
      hostileWord.map((word) => [`--${word}`]),
    );
    const own =
      operands === undefined ? fc.constant<string[]>([]) : fc.array(hostileWord, { minLength: 1, maxLength: 2 });
    const behind = command === undefined ? fc.constant<string[]>([]) : fc.constant(['--', 'true']);
    const parts = fc.tuple(fc.array(option, { maxLength: 3 }), own, behind);
    return parts.map(([chosen, ids, last]) => [...words, ...chosen.flat(), ...ids, ...last]);
  });
}
