import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProgramTarget } from '@ralph/protocol/testing/fuzz/fuzz-programs';
import { hostileArguments } from '@ralph/protocol/testing/fuzz/hostile-arguments';
import { hostileJson, hostileLines, hostileText } from '@ralph/protocol/testing/fuzz/hostile-inputs';
import { sampleNamed, streamSamples } from '@ralph/protocol/testing/fuzz/samples';
import { program as spec } from '../../src/program.ts';
import { AGENT_RECORD } from './samples.ts';

/** Beside what agents are told to do, which takes git. */
const ORDERS = streamSamples().filter((sample) => !('title' in (sample as object)));
const FILES = [
  '.ralph/config.jsonc',
  '.ralph/trust.jsonc',
  '.ralph/cache/parallel/agents/RQ-0001.json',
  '.env',
] as const;
const COMMANDS = [['list'], ['preflight'], ['trust'], ['reap', '--dry-run']] as const;

/** ralph-worker as people run it: 400 inputs in 120 calls. */
export function workerPrograms(root: string): ProgramTarget[] {
  const program = 'ralph-worker';
  let count = 0;
  return [
    {
      name: 'run',
      calls: 40,
      inputsEach: 8,
      inputs: hostileLines(ORDERS, 8),
      prepare: (input) => ({ program, args: ['run', '--', 'true'], stdin: input as Buffer }),
    },
    {
      name: 'files that it reads',
      calls: 40,
      inputsEach: 1,
      inputs: hostileJson([sampleNamed('config-file'), sampleNamed('trust-file'), AGENT_RECORD]),
      prepare: (input) => {
        count += 1;
        const path = join(root, FILES[count % FILES.length] ?? '');
        mkdirSync(join(root, '.ralph/cache/parallel/agents'), { recursive: true });
        writeFileSync(path, input as Buffer);
        return { program, args: COMMANDS[(count >> 2) % COMMANDS.length] ?? [] };
      },
    },
    {
      name: '--copy, --rate-limit and an .env file',
      calls: 4,
      inputsEach: 1,
      inputs: hostileText('A=secret-value-1\nB="x"\n'),
      prepare: (input) => {
        writeFileSync(join(root, '.env'), input as Buffer);
        return { program, args: ['preflight', '--copy', '**/**/**/*a*a*a', '--rate-limit', '(a+)+$'] };
      },
    },
    {
      name: 'arguments',
      calls: 36,
      inputsEach: 1,
      inputs: hostileArguments(spec, ['worktree add']),
      prepare: (args) => ({ program, args: args as readonly string[] }),
    },
  ];
}
