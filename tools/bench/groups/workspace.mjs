// What ralph-worker costs: a workspace beside the reference's sequence and beside tar, an agent in memory and time, the end of
// many stubborn ones, and a flood of output.
import { fileURLToPath } from 'node:url';
import { agedRepository } from '../measure/aged-repository.mjs';
import { inFolder } from '../measure/in-folder.mjs';
import { copiedRepository, generatedRepository } from '../measure/generated-repository.mjs';
import { costOfAgents } from '../workspace/agents.mjs';
import { flood } from '../workspace/flood.mjs';
import { stubborn } from '../workspace/stubborn.mjs';
import { together, workspaces } from '../workspace/workspaces.mjs';

const project = fileURLToPath(new URL('../../..', import.meta.url));

/** `fresh` and `warm` in times of the reference, `tar` of writing the same files, `command` of the reference again. */
const LARGE = { fresh: 0.09, warm: 0.03, tar: 1.35, command: 0.12 };
const SMALL = { fresh: 0.15, warm: 0.15, command: 1 };
const TOGETHER = 8;

const FORMS = {
  quick: {
    large: { files: 24_000, commits: 6000, rounds: 1 },
    small: { files: 500, commits: 1000, rounds: 2 },
    agents: { rounds: 1, few: 4, many: 16 },
    stubborn: 1,
    flood: { bytes: 300e6, rounds: 1 },
  },
  full: {
    large: { files: 24_000, commits: 17_000, rounds: 5 },
    small: { files: 500, commits: 1000, rounds: 9 },
    agents: { rounds: 5, few: 4, many: 36 },
    stubborn: 5,
    flood: { bytes: 2e9, rounds: 3 },
  },
  once: {
    large: { files: 600, commits: 20, rounds: 1 },
    small: { files: 50, commits: 10, rounds: 1 },
    agents: { rounds: 1, few: 1, many: 9 },
    stubborn: 1,
    flood: { bytes: 10e6, rounds: 1 },
  },
};

/** Yields a row for each measurement. */
export async function* measure(form) {
  const { large, small, agents, stubborn: ends, flood: streams } = FORMS[form];
  yield* inFolder(async function* (folder) {
    const root = await agedRepository(folder, large);
    yield* workspaces(`${large.files.toLocaleString('en-US')} files`, root, { ...large, budgets: LARGE });
    if (form === 'full')
      yield* together(`${large.files.toLocaleString('en-US')} files`, root, TOGETHER, LARGE.fresh, 2);
  });
  yield* inFolder(async function* (folder) {
    const root = copiedRepository(folder, project);
    yield* workspaces('this project', root, { ...small, budgets: SMALL });
  });
  yield* inFolder(async function* (folder) {
    const root = await generatedRepository(folder, small);
    yield* workspaces(`${small.files} files`, root, { ...small, budgets: SMALL });
    yield* together(`${small.files} files`, root, TOGETHER, SMALL.fresh, Math.min(3, small.rounds));
    yield* stubborn(root, TOGETHER, ends);
    yield* flood(root, streams);
  });
  // What the disk makes of a file is not ours: some need half a millisecond of the processor for each.
  yield* inFolder(
    async function* (folder) {
      yield* costOfAgents(await generatedRepository(folder, small), agents);
    },
    { inMemory: true },
  );
}
