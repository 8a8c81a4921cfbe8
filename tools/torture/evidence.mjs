// What is kept of a round for whoever looks into it: the world as it was at the end, and what each run said.
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Writes it into a folder and returns that. */
export function keepEvidence(world, folder, { runs, wrong }) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  cpSync(world.folder, join(folder, 'world'), { recursive: true, verbatimSymlinks: true, filter: isCopied });
  writeFileSync(join(folder, 'wrong'), wrong.map(({ row, text }) => `${row}: ${text}\n`).join(''));
  const facts = { tasks: [...world.tasks], args: world.args, deleted: world.deleted, seconds: world.seconds };
  writeFileSync(join(folder, 'facts.json'), `${JSON.stringify(facts, null, 2)}\n`);
  for (const [index, { status, signal, hits, stdout, stderr }] of runs.entries()) {
    const struck = hits.map(({ name, count }) => `${name} ${count}`).join(', ');
    writeFileSync(
      join(folder, `run-${index + 1}`),
      `ended with ${status ?? signal}\nfaults: ${struck}\n${stderr}\n${stdout}`,
    );
  }
  return folder;
}

/** Pipes that a fault has made are of no use to anybody, and cannot be copied. */
function isCopied(path) {
  return !path.includes('/pumps/in.') && !path.includes('/pumps/out.');
}
