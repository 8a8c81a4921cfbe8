import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { git } from '../../bench/measure/generated-repository.mjs';
import { readPlainJson } from '../../torture/checks/plain-json.mjs';
import { brokenRepositories, tornFiles } from '../../torture/checks/torn.mjs';
import { endWith, freshWorld, record, STATE, texts, write } from './broken-world.mjs';

const EVENTS = '.ralph/logs/parallel/events.ndjson';

it('half a file is found, and one that is not what its schema says', () => {
  const world = freshWorld();
  record(world, []);
  expect(tornFiles(world)).toEqual([]);
  const path = join(world.root, STATE);
  const whole = readFileSync(path, 'utf8');
  writeFileSync(path, whole.slice(0, 40));
  expect(texts(tornFiles(world)).join()).toContain(`torn files: ${path} cannot be read: `);
  record(world, [{ task_id: '', lifecycle: 'running' }]);
  expect(texts(tornFiles(world)).join()).toContain(`torn files: ${path} is not a state-file: `);
});

it('a queue that cannot be read is found', () => {
  const world = freshWorld();
  appendFileSync(join(world.root, '.ralph/queue.jsonc'), '}');
  expect(texts(tornFiles(world)).join()).toContain('queue.jsonc cannot be read');
});

it('a line of the log is torn only as often as a writer was killed or a write has failed', () => {
  const world = freshWorld();
  write(world, EVENTS, '{"v":1,"type":"run.fini\n{"v":1,"type":"something.else","at":"2026-01-01T00:00:00.000Z"}\n');
  expect(texts(tornFiles(world))).toEqual([`torn files: ${join(world.root, EVENTS)} has 1 lines that are no JSON`]);
  world.failedWrites = 1;
  expect(tornFiles(world)).toEqual([]);
  world.failedWrites = 0;
  world.ends.push(endWith({ status: 130 }), endWith({ status: null, signal: 'SIGKILL' }));
  expect(tornFiles(world)).toEqual([]);
  appendFileSync(join(world.root, EVENTS), '{"v":1,"type":"agent.started","task_id":17}\n');
  expect(texts(tornFiles(world)).join()).toContain('events.ndjson:3 is not agent.started');
});

it('a field of others that is gone is found', () => {
  const world = freshWorld();
  world.isStateEdited = true;
  record(world, [], { of_others: 'stays' });
  expect(tornFiles(world)).toEqual([]);
  record(world, []);
  expect(texts(tornFiles(world))).toEqual(['torn files: the field of others is gone from the state file']);
});

it('an object that is missing is found', () => {
  const world = freshWorld();
  expect(brokenRepositories(world)).toEqual([]);
  const blob = world.git('rev-parse', 'main:shared.txt');
  rmSync(join(world.root, '.git/objects', blob.slice(0, 2), blob.slice(2)), { force: true });
  expect(texts(brokenRepositories(world)).join()).toContain(blob);
});

it('an object that a kept workspace has lost is found', () => {
  const world = freshWorld();
  const workspace = join(world.workspaces, 'RQ-0001');
  git(world.folder, 'clone', '-q', '--shared', world.origin, workspace);
  expect(brokenRepositories(world)).toEqual([]);
  writeFileSync(join(workspace, 'a file'), 'of an agent');
  git(workspace, 'add', 'a file');
  const blob = git(workspace, 'rev-parse', ':a file');
  rmSync(join(workspace, '.git/objects', blob.slice(0, 2), blob.slice(2)), { force: true });
  expect(texts(brokenRepositories(world)).join()).toContain(blob);
});

it('comments, trailing commas and a mark of the order of bytes are read', () => {
  const text = '\uFEFF// a\n{ "a": "// no, [b,]", /* c */ "d": [1, 2, ], }';
  expect(readPlainJson(text)).toEqual({ a: '// no, [b,]', d: [1, 2] });
  expect(() => readPlainJson('{"a":')).toThrow(SyntaxError);
});
