// How costs grow: records, tasks, agents side by side, files of a repository, output of an agent. Each at most in line with
// its size, and no memory of ours with what an agent prints or a repository holds.
import { output } from '../growth/output.mjs';
import { queue } from '../growth/queue.mjs';
import { repository } from '../growth/repository.mjs';
import { state } from '../growth/state.mjs';
import { workers } from '../growth/workers.mjs';

const FORMS = {
  quick: {
    state: { sizes: [10, 100, 1000, 10_000], rounds: 3 },
    queue: { sizes: [10, 100, 1000, 10_000], rounds: 2 },
    workers: { sizes: [1, 4, 16], rounds: 1, least: 8 },
    repository: { sizes: [1000, 10_000], rounds: 2 },
    output: { sizes: [1e3, 1e5, 1e7, 2e8], rounds: 2 },
  },
  full: {
    state: { sizes: [10, 100, 1000, 10_000, 100_000], rounds: 5 },
    queue: { sizes: [10, 100, 1000, 10_000, 100_000], rounds: 3 },
    workers: { sizes: [1, 4, 16, 64], rounds: 2, least: 16 },
    repository: { sizes: [1000, 10_000, 100_000], rounds: 3 },
    output: { sizes: [1e3, 1e5, 1e7, 2e8, 2e9], rounds: 3 },
  },
  once: {
    state: { sizes: [10, 100], rounds: 1 },
    queue: { sizes: [3, 30], rounds: 1 },
    workers: { sizes: [1, 2], rounds: 1, least: 2 },
    repository: { sizes: [100, 300], rounds: 1 },
    output: { sizes: [1e3, 1e6], rounds: 1 },
  },
};

/** Yields a series for each cost. */
export async function* measure(form) {
  const how = FORMS[form];
  for (const part of [state, queue, workers, repository, output]) yield* part(how[part.name]);
}
