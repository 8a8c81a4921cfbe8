import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import type { ProgramTarget } from '@ralph/protocol/testing/fuzz/fuzz-programs';
import { hostileArguments } from '@ralph/protocol/testing/fuzz/hostile-arguments';
import { hostileJson, hostileLines, hostileText } from '@ralph/protocol/testing/fuzz/hostile-inputs';
import { PROPOSAL, streamSamples } from '@ralph/protocol/testing/fuzz/samples';
import type { TestRepository } from '@ralph/protocol/testing/temporary-repository';
import { program as spec } from '../../src/program.ts';
import { QUEUE_TEXT, RECORDS, TASKS } from './samples.ts';

const STATE = '.ralph/cache/parallel/state.json';
const QUEUE = '.ralph/queue.jsonc';
const BOTH = [STATE, QUEUE];
const SOUND_STATE = JSON.stringify({ schema_version: 3, started_at: '', target_branch: 'main', workers: RECORDS });

/** ralph-state as people run it: 400 inputs in 158 calls. */
export function statePrograms({ root, write }: TestRepository): ProgramTarget[] {
  const program = 'ralph-state';
  const reset = () => {
    write(STATE, SOUND_STATE);
    write(QUEUE, QUEUE_TEXT);
  };
  const fromStdin = (args: readonly string[]) => (input: Buffer | readonly string[]) => {
    reset();
    return { program, args, stdin: input as Buffer } as const;
  };
  const withFile = (name: string, ...commands: readonly (readonly string[])[]) => {
    let count = 0;
    return (input: Buffer | readonly string[]) => {
      reset();
      writeFileSync(join(root, name), input as Buffer);
      count += 1;
      return { program, args: commands[count % commands.length] ?? [] } as const;
    };
  };
  const reading = [['list'], ['status'], ['task', 'validate'], ['get', 'RQ-0001'], ['task', 'list', '--runnable']];
  return [
    {
      name: 'apply',
      calls: 26,
      inputsEach: 8,
      inputs: hostileLines(streamSamples(), 8),
      prepare: fromStdin(['apply']),
      whole: BOTH,
    },
    {
      name: 'task add',
      calls: 12,
      inputsEach: 6,
      inputs: hostileLines(TASKS, 6),
      prepare: fromStdin(['task', 'add']),
      whole: BOTH,
    },
    {
      name: 'task import',
      calls: 10,
      inputsEach: 1,
      inputs: fc.oneof(hostileJson([PROPOSAL]), hostileLines(TASKS, 3)),
      prepare: fromStdin(['task', 'import']),
      whole: BOTH,
    },
    {
      name: 'state file, read',
      calls: 34,
      inputsEach: 1,
      inputs: hostileJson([JSON.parse(SOUND_STATE)]),
      prepare: withFile(STATE, ...reading),
      untouched: [QUEUE],
    },
    {
      name: 'queue file, read',
      calls: 24,
      inputsEach: 1,
      inputs: hostileText(QUEUE_TEXT),
      prepare: withFile(QUEUE, ...reading),
      untouched: [STATE],
    },
    {
      name: 'repair',
      calls: 16,
      inputsEach: 1,
      inputs: hostileJson([JSON.parse(SOUND_STATE)]),
      prepare: withFile(STATE, ['repair'], ['repair', '--dry-run']),
      untouched: [QUEUE],
    },
    {
      name: 'arguments',
      calls: 36,
      inputsEach: 1,
      whole: BOTH,
      inputs: hostileArguments(spec, ['watch', 'wait']),
      prepare: (args) => {
        reset();
        return { program, args: args as readonly string[] };
      },
    },
  ];
}
