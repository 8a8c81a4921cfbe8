import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { NO_ORDINARY_USER, ordinaryUser } from '@ralph/protocol/testing/ordinary-user';
import { builtProgram, errorRecord } from '@ralph/protocol/testing/run-built-program';
import { queueTask, temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { temporaryFolder } from '@ralph/protocol/testing/temporary-folder';
import { testEnvironment } from '@ralph/protocol/testing/test-environment';
import { agentStarted, stream, taskCompleted } from './support/events.ts';
import { QUEUE, ralphState, STATE } from './support/repository.ts';

const RECORD = '{"task_id":"A","workspace_path":"","lifecycle":"failed","started_at":"","push_attempts":0}';
const TASK = JSON.stringify(queueTask('RQ-0001'));

const state = (workers: string, more = '') => `{"schema_version":3${more},"workers":[${workers}]}`;
const queue = (tasks: string, more = '') => `{"version":1${more},"tasks":[${tasks}]}`;

/** Contents that are no file of ours: what is wrong with them, for a state and for a queue, and the place that is named. */
const CONTENTS: readonly (readonly [string, Buffer | string, Buffer | string, RegExp])[] = [
  ['cut off', state(RECORD).slice(0, -30), queue(TASK).slice(0, -30), /:1:\d+: /],
  ['empty', '', '', /:1:1: /],
  ['another kind of document', '"state"', '[]', /:1:1: /],
  [
    'a list in the place of a text',
    state(`{"task_id":["A"]}`),
    queue('{"id":"A","title":["x"]}'),
    /:1:\d+: .*(?:task_id|title)/,
  ],
  ['a key twice', state(RECORD, ',"workers":[]'), queue(TASK, ',"tasks":[]'), /:1:\d+: .*occurs twice/],
  ['NUL bytes behind it', `${state(RECORD)}\0\0\0\0`, `${queue(TASK)}\0\0\0\0`, /:1:\d+: /],
  ['a NUL byte within', state(RECORD.replace('"A"', '"A\0"')), queue(TASK.replace('RQ', 'R\0')), /:1:\d+: /],
  [
    'half a surrogate pair',
    state(RECORD.replace('"A"', String.raw`"\ud83d"`)),
    queue(TASK.replace('Task', String.raw`\udc00`)),
    /:1:\d+: .*surrogate/,
  ],
  [
    'bytes that are no UTF-8',
    latin1(state(RECORD.replace('"A"', '"\n\xe9"'))),
    latin1(queue(`\n${TASK.replace('Task', '\xe9')}`)),
    /:2: .*UTF-8/,
  ],
  [
    'nested far too deep',
    state(RECORD, `,"x":${nested(50_000)}`),
    queue(TASK, `,"x":${nested(50_000)}`),
    /:1:\d+: .*nested/,
  ],
  ['100 MB', state(RECORD, `,"x":"${'y'.repeat(102e6)}"`), queue(TASK, `,"x":"${'y'.repeat(102e6)}"`), /is 98 MiB/],
];

function latin1(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}

function nested(depth: number): string {
  return `${'['.repeat(depth)}${']'.repeat(depth)}`;
}

const ON_STATE = [
  ['list', ['list'], ''],
  ['apply', ['apply'], stream(agentStarted())],
  ['init', ['init'], ''],
] as const;

const ON_QUEUE = [
  ['task list', ['task', 'list'], ''],
  ['task add', ['task', 'add', '--title', 'x'], ''],
  ['apply of what has landed', ['apply'], stream(taskCompleted())],
] as const;

describe('a file with a content that cannot be', () => {
  for (const [file, index, commands] of [
    [STATE, 1, ON_STATE],
    [QUEUE, 2, ON_QUEUE],
  ] as const) {
    for (const row of CONTENTS) {
      it(`is refused with its place and left as it is: ${file}, ${row[0]} (M18)`, async () => {
        const { root, write } = temporaryRepository();
        write(file, '');
        writeFileSync(join(root, file), row[index]);
        for (const [name, args, stdin] of commands) {
          const { status, stdout, stderr } = await ralphState(root, args, stdin);
          const { message } = errorRecord(stderr) as { message: string };
          expect([name, status]).toEqual([name, 65]);
          // What was recorded of a stream is told, though its queue could not be read.
          expect(stdout).toMatch(name === 'apply of what has landed' ? /^\{"revision":1,/ : /^$/);
          expect(message).toMatch(row[3]);
          expect(message).toContain(join(root, file));
          expect(message.length).toBeLessThan(400);
          expect(message).not.toContain('\n');
        }
        expect(Buffer.compare(readFileSync(join(root, file)), Buffer.from(row[index]))).toBe(0);
      });
    }

    it(`is refused when it is a folder or a pipe: ${file}`, async () => {
      const { root } = temporaryRepository();
      mkdirSync(join(root, file), { recursive: true });
      const pipes = temporaryRepository();
      mkdirSync(join(pipes.root, file, '..'), { recursive: true });
      spawnSync('mkfifo', [join(pipes.root, file)]);
      for (const [name, args, stdin] of commands) {
        for (const [place, words] of [
          [root, 'it is a folder'],
          [pipes.root, 'it is no regular file'],
        ] as const) {
          const { status, stderr } = await ralphState(place, args, stdin);
          expect([name, status, errorRecord(stderr)['message']]).toEqual([
            name,
            74,
            `cannot read ${join(place, file)}: ${words}`,
          ]);
        }
      }
    });
  }
});

describe('a file that the system keeps from us', () => {
  it.for([
    [STATE, ['list'], ''],
    [STATE, ['apply'], stream(agentStarted())],
    [QUEUE, ['task', 'add', '--title', 'x'], ''],
  ] as const)('is told as a lack of rights: %s, %j', ([file, args, stdin], context) => {
    const user = ordinaryUser();
    if (user === undefined) context.skip(NO_ORDINARY_USER);
    const { root, write } = temporaryRepository();
    write(file, file === STATE ? state(RECORD) : queue(TASK));
    chmodSync(join(root, file), 0o000);
    const [program, ...words] = [...(user ?? []), process.execPath, builtProgram('ralph-state')];
    const { status, stderr } = spawnSync(program, [...words, ...args], {
      cwd: root,
      input: stdin,
      env: testEnvironment(),
      encoding: 'utf8',
    });
    chmodSync(join(root, file), 0o600);
    expect([status, errorRecord(stderr)['message']]).toEqual([74, `cannot read ${join(root, file)}: EACCES`]);
  });

  it('stays as it is when the disk is full, and so does the other file of a move', (context) => {
    const root = temporaryFolder();
    mkdirSync(join(root, 'disk'));
    const script = `
      mount -t tmpfs -o size=128k none disk && cd disk && mkdir -p .ralph/cache/parallel && : >.ralph/cache/parallel/state.lock
      cp ../state.json ${STATE} && cp ../queue.jsonc ${QUEUE} && dd if=/dev/zero of=full bs=1k 2>/dev/null
      "$NODE" "$PROGRAM" apply --repo . <../events 2>../apply.err; echo "status $?"
      "$NODE" "$PROGRAM" task archive RQ-0001 --repo . 2>../archive.err; echo "status $?"
      cmp ../state.json ${STATE} && cmp ../queue.jsonc ${QUEUE} && find .ralph -type f | sort`;
    writeFileSync(join(root, 'state.json'), state(RECORD));
    writeFileSync(join(root, 'queue.jsonc'), queue(TASK.replace('"title"', `"notes":["${'x'.repeat(8000)}"],"title"`)));
    writeFileSync(join(root, 'events'), stream(agentStarted()));
    const inNamespace = (body: string) =>
      spawnSync('unshare', ['-rm', 'sh', '-c', body], {
        cwd: root,
        env: { ...testEnvironment(), NODE: process.execPath, PROGRAM: builtProgram('ralph-state') },
        encoding: 'utf8',
      });
    if (inNamespace('mount -t tmpfs -o size=128k none disk').status !== 0)
      context.skip('this machine lets nobody mount a small disk');
    const { stdout } = inNamespace(script);
    expect(stdout.split('\n')).toEqual([
      'status 74',
      'status 74',
      `.ralph/cache/parallel/state.json`,
      `.ralph/cache/parallel/state.lock`,
      `.ralph/queue.jsonc`,
      '',
    ]);
    for (const name of ['apply.err', 'archive.err']) {
      expect(errorRecord(readFileSync(join(root, name), 'utf8'))).toMatchObject({ code: 'disk_full', exit: 74 });
    }
  });
});
