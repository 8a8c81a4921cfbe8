import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ProgramTarget } from '@ralph/protocol/testing/fuzz/fuzz-programs';
import { hostileArguments } from '@ralph/protocol/testing/fuzz/hostile-arguments';
import { hostileJson, hostileLines } from '@ralph/protocol/testing/fuzz/hostile-inputs';
import { sampleNamed, streamSamples } from '@ralph/protocol/testing/fuzz/samples';
import { program as spec } from '../../src/program.ts';

const LOG = '.ralph/logs/parallel/events.ndjson';
const CONFIG = '.ralph/config.jsonc';
const CURSOR = '.ralph/cache/notify/me.json';
const TARGETS = { version: 2, notify: [{ id: 'me', command: ['false'] }] };

const TOLD = [['history'], ['report', '--output', '-'], ['notify', 'list'], ['history', 'last']] as const;
const ASKED = [['config'], ['notify', 'list'], ['config', 'agent.runner']] as const;

/** ralph-orchestrate as people run it: 700 inputs in 146 calls. */
export function orchestratePrograms(root: string): ProgramTarget[] {
  const program = 'ralph-orchestrate';
  let count = 0;
  const write = (name: string, bytes: Buffer | string) => {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), bytes);
  };
  const events = streamSamples().map((sample) => ({ ...(sample as object), run_id: 'run-1' }));
  return [
    {
      name: 'log of events',
      calls: 36,
      inputsEach: 15,
      inputs: hostileLines(events, 15),
      prepare: (input) => {
        write(CONFIG, JSON.stringify(TARGETS));
        write(LOG, input as Buffer);
        count += 1;
        return { program, args: TOLD[count % TOLD.length] ?? [] };
      },
      untouched: [LOG, CONFIG],
    },
    {
      name: 'configuration',
      calls: 30,
      inputsEach: 1,
      inputs: hostileJson([TARGETS, sampleNamed('config-file')]),
      prepare: (input) => {
        write(CONFIG, input as Buffer);
        count += 1;
        return { program, args: ASKED[count % ASKED.length] ?? [] };
      },
      untouched: [LOG, CONFIG],
    },
    {
      name: 'place of a notification',
      calls: 12,
      inputsEach: 1,
      inputs: hostileJson([{ v: 1, ino: '5', head: 'x', offset: 10, sent: 1, given_up: 0 }]),
      prepare: (input) => {
        write(CONFIG, JSON.stringify(TARGETS));
        write(CURSOR, input as Buffer);
        return { program, args: ['notify', 'list'] };
      },
      untouched: [CURSOR, CONFIG],
    },
    {
      name: 'run --tasks -, of which no line is a task',
      calls: 10,
      inputsEach: 6,
      inputs: hostileLines(
        events.filter((event) => !('title' in event)),
        6,
      ),
      prepare: (input) => {
        write(CONFIG, '{}');
        return { program, args: ['run', '--tasks', '-', '--', 'true'], stdin: input as Buffer };
      },
    },
    {
      name: 'arguments',
      calls: 58,
      inputsEach: 1,
      inputs: hostileArguments(spec, ['demo', 'init', 'run']),
      prepare: (args) => {
        write(CONFIG, '{}');
        return { program, args: args as readonly string[] };
      },
    },
  ];
}
