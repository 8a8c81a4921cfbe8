import type { ProgramTarget } from '@ralph/protocol/testing/fuzz/fuzz-programs';
import { hostileArguments } from '@ralph/protocol/testing/fuzz/hostile-arguments';
import { hostileLines } from '@ralph/protocol/testing/fuzz/hostile-inputs';
import { streamSamples } from '@ralph/protocol/testing/fuzz/samples';
import { program as spec } from '../../src/program.ts';

/** ralph-integrate as people run it: 300 inputs in 118 calls. */
export function integratePrograms(): ProgramTarget[] {
  const program = 'ralph-integrate';
  const untouched = ['README.md'];
  return [
    {
      name: 'run',
      calls: 26,
      inputsEach: 8,
      inputs: hostileLines(streamSamples(), 8),
      prepare: (input) => ({ program, args: ['run'], stdin: input as Buffer }),
      untouched,
    },
    {
      name: 'one',
      calls: 30,
      inputsEach: 1,
      inputs: hostileLines(streamSamples(), 1),
      prepare: (input) => ({
        program,
        args: [
          'one',
          (input as Buffer).toString('latin1').replaceAll('\0', '').slice(0, 99) || 'x',
          '--workspace',
          '.',
        ],
      }),
      untouched,
    },
    {
      name: 'arguments',
      calls: 62,
      inputsEach: 1,
      inputs: hostileArguments(spec),
      prepare: (args) => ({ program, args: args as readonly string[] }),
      untouched,
    },
  ];
}
