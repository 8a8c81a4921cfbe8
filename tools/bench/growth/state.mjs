// The state file: what it costs to list it and to change one record of it.
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { makeSampleRepository, sampleRecord } from '../../sample-repository.mjs';
import { peakOf, timed } from '../measure/one-program.mjs';
import { turns } from '../measure/turns.mjs';
import { Coprocess } from './coprocess.mjs';
import { launcher, seriesBySize } from './sizes.mjs';

const STATE = '.ralph/cache/parallel/state.json';
const PARSE = `JSON.parse(require('node:fs').readFileSync('${STATE}', 'utf8'))`;
const UPDATES = 10;
const of = 'records';

/** Yields the series of the state file. */
export async function* state({ sizes, rounds }) {
  const parsed = 'node that parses the same file';
  const asked = [
    { name: 'ralph-state list', of, unit: 'ms', against: parsed, ours: 'list', theirs: 'parse' },
    { name: 'memory of ralph-state list', of, unit: 'MiB', against: parsed, ours: 'memory', theirs: 'parseMemory' },
    {
      name: 'one update by the coprocess',
      of,
      unit: 'ms',
      against: 'write, fsync and rename of the same bytes',
      ours: 'update',
      theirs: 'bare',
    },
  ];
  yield* await seriesBySize(sizes, asked, async (folder, size) => {
    makeSampleRepository(folder, size);
    const node = process.execPath;
    const list = [launcher('state'), 'list'];
    const bytes = readFileSync(join(folder, STATE));
    const coprocess = new Coprocess(folder);
    // The first one finds its code cold, and the file unread.
    for (const number of [1, 2, 3]) await coprocess.ask(event(number, size));
    const seen = await turns(
      {
        list: () => timed(node, list, folder),
        parse: () => timed(node, ['-e', PARSE], folder),
        memory: () => peakOf(node, list, folder),
        parseMemory: () => peakOf(node, ['-e', PARSE], folder),
        update: () => each(UPDATES, () => coprocess.ask(event(size, size))),
        bare: () => each(UPDATES, () => bareWrite(folder, bytes)),
      },
      { rounds },
    );
    await coprocess.end();
    return seen;
  });
}

async function each(count, act) {
  const begin = performance.now();
  for (let done = 0; done < count; done += 1) await act();
  return (performance.now() - begin) / count;
}

let attempts = 1000;

/** A later attempt at a known task: it always changes the file. */
function event(number, size) {
  const { task_id, identity, workspace_path, base_commit, log_path, title } = sampleRecord(Math.min(number, size));
  attempts += 1;
  const about = {
    v: 1,
    type: 'agent.started',
    at: new Date().toISOString(),
    task_id,
    attempt: attempts,
    pid: identity.pid,
  };
  return { ...about, identity, workspace_path, base_commit, log_path, title };
}

/** What nobody can do without. */
function bareWrite(folder, bytes) {
  const [next, path] = ['bare.next', 'bare.json'].map((name) => join(folder, '.ralph/cache/parallel', name));
  const fd = openSync(next, 'w');
  for (let done = 0; done < bytes.length;) done += writeSync(fd, bytes, done);
  fsyncSync(fd);
  closeSync(fd);
  renameSync(next, path);
}
