// A workspace beside the reference's sequence of git commands, and beside tar that writes the same files.
import { rowOf } from '../book/row.mjs';
import { drainDisk } from '../measure/drain-disk.mjs';
import { git } from '../measure/generated-repository.mjs';
import { RunningWorker } from '../measure/running-worker.mjs';
import { turns } from '../measure/turns.mjs';
import { prepared, reaped, referenced, removed, unpacked } from '../measure/workspace-times.mjs';

const IDLE = 'exec sleep 1000';
/** Below it, files are made anew: that is cheaper than to look through old ones. */
const FEWEST_REUSED = 2000;
const REFERENCE = 'git clone --no-local, fetch, checkout, reset, clean';
const UNIT = 'ms';

/** Yields the rows of workspaces that are made one after the other. */
export async function* workspaces(what, root, { rounds, budgets }) {
  const makers = [new RunningWorker(root, 'exit 1', 1, '--fresh'), new RunningWorker(root, 'exit 1', 1)];
  // The first of each is not measured: it finds nothing to reuse, and a program that has only just started.
  for (const maker of makers) await maker.workspace();
  const isReused = Number(git(root, 'ls-files').split('\n').length) >= FEWEST_REUSED;
  const seen = await turns(
    drained(root, {
      fresh: async () => (await makers[0].workspace()).duration_ms,
      next: async () => next(await makers[1].workspace(), isReused),
      command: () => command(root),
      reference: () => referenced(root, 'RQ-1'),
      ...(budgets.tar === undefined ? {} : { tar: () => unpacked(root, 'RQ-1') }),
    }),
    { rounds },
  );
  for (const maker of makers) await maker.end();
  await reaped(root);
  const beside = (name, ours, times) =>
    rowOf({
      name: `${what}: ${name}`,
      unit: UNIT,
      against: REFERENCE,
      budget: { times },
      ours,
      theirs: seen.reference,
    });
  yield beside('a fresh workspace', seen.fresh, budgets.fresh);
  yield beside(`the next in a run, ${isReused ? 'reused' : 'as fresh'}`, seen.next, budgets.warm);
  yield beside('the command prepare --fresh', seen.command, budgets.command);
  if (budgets.tar === undefined) return;
  const [ours, theirs] = [seen.fresh, seen.tar];
  const name = `${what}: a fresh workspace beside its files`;
  yield rowOf({ name, unit: UNIT, against: 'tar -x of the same files', budget: { times: budgets.tar }, ours, theirs });
}

/** Yields the row of so many that one run makes at once, its start among it, beside as many sequences at once. */
export async function* together(what, root, count, times, rounds) {
  const sides = drained(root, { ours: () => allOfRun(root, count), theirs: () => allReferences(root, count) });
  const seen = await turns(sides, { rounds });
  const against = `${count} times at once: ${REFERENCE}`;
  yield rowOf({ name: `${what}: ${count} at once by one run`, unit: UNIT, against, budget: { times }, ...seen });
}

function drained(root, sides) {
  const afterDrain = ([name, side]) => [
    name,
    () => {
      drainDisk(root);
      return side();
    },
  ];
  return Object.fromEntries(Object.entries(sides).map(afterDrain));
}

async function allOfRun(root, count) {
  const begin = performance.now();
  const worker = new RunningWorker(root, IDLE, count, '--fresh');
  worker.give(count);
  await worker.saw('workspace.ready', count);
  const time = performance.now() - begin;
  await worker.end('SIGTERM');
  await reaped(root);
  return time;
}

async function allReferences(root, count) {
  const begin = performance.now();
  await Promise.all(Array.from({ length: count }, (_, index) => referenced(root, `RQ-${index + 1}`)));
  return performance.now() - begin;
}

function next({ duration_ms: time, reused }, isReused) {
  if (reused !== isReused) throw new Error(`the next workspace was ${reused ? '' : 'not '}reused`);
  return time;
}

async function command(root) {
  const { wall } = await prepared(root, 'RQ-P', '--fresh');
  await removed(root, 'RQ-P');
  return wall;
}
