import { command, type ProgramSpec } from '../../src/cli/program.ts';

/** A program with one command of every shape. */
export const example: ProgramSpec = {
  name: 'ralph-example',
  summary: 'an example',
  examples: ['ralph-example work'],
  commands: [
    command({
      words: ['work'],
      summary: 'Work.',
      command: 'optional',
      options: {
        timeout: { kind: 'seconds', describe: 'limit', fallback: 60 },
        jobs: { kind: 'count', describe: 'side by side' },
        retries: { kind: 'count', describe: 'again', fallback: 0 },
        wait: { kind: 'optional-seconds', describe: 'wait' },
        backoff: { kind: 'milliseconds', describe: 'pauses' },
        label: { kind: 'text', describe: 'a label' },
        exclude: { kind: 'text', describe: 'ids', value: 'ID', many: true },
        pause: { kind: 'seconds', describe: 'rest', zero: true },
        room: { kind: 'bytes', describe: 'space' },
        dry: { kind: 'flag', describe: 'only look' },
      },
      examples: ['ralph-example work --jobs 2 -- make'],
      load: () => Promise.resolve({ run: () => Promise.resolve({}) }),
    }),
    command({
      words: ['must'],
      summary: 'Run a command.',
      command: 'required',
      options: {},
      load: () => Promise.resolve({ run: () => Promise.resolve({}) }),
    }),
    command({
      words: ['task', 'get'],
      summary: 'Get one.',
      operands: { name: 'ID', least: 1, most: 2 },
      options: {},
      load: () => Promise.resolve({ run: () => Promise.resolve({}) }),
    }),
    command({
      words: ['task', 'list'],
      summary: 'List.',
      options: {},
      load: () => Promise.resolve({ run: () => Promise.resolve({}) }),
    }),
  ],
};
