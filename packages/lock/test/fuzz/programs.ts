import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProgramTarget } from '@ralph/protocol/testing/fuzz/fuzz-programs';
import { hostileArguments } from '@ralph/protocol/testing/fuzz/hostile-arguments';
import { hostileJson, hostileLines } from '@ralph/protocol/testing/fuzz/hostile-inputs';
import { sampleNamed, streamSamples } from '@ralph/protocol/testing/fuzz/samples';
import { program as spec } from '../../src/program.ts';

const COMMANDS = [['status'], ['read'], ['run', '--', 'true']] as const;

/** ralph-lock as people run it: 200 inputs in 88 calls. */
export function lockPrograms(root: string): ProgramTarget[] {
  const program = 'ralph-lock';
  let count = 0;
  return [
    {
      name: 'hold',
      calls: 16,
      inputsEach: 8,
      inputs: hostileLines(streamSamples(), 8),
      prepare: (input) => ({ program, args: ['hold'], stdin: input as Buffer }),
    },
    {
      name: 'record of a lock',
      calls: 32,
      inputsEach: 1,
      inputs: hostileJson([sampleNamed('lock-record')]),
      prepare: (input) => {
        mkdirSync(join(root, '.ralph'), { recursive: true });
        writeFileSync(join(root, '.ralph/loop.lock'), input as Buffer);
        count += 1;
        return { program, args: COMMANDS[count % COMMANDS.length] ?? [] };
      },
    },
    {
      name: 'arguments',
      calls: 40,
      inputsEach: 1,
      inputs: hostileArguments(spec),
      prepare: (args) => ({ program, args: args as readonly string[] }),
    },
  ];
}
