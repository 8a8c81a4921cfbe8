// What a program loads before it knows what it was asked for.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { bundleOptions } from '../bundle-options.mjs';
import { packageFolders } from './source-files.mjs';

/** These cost more than our own code: they are loaded by the command that needs them. */
const LAZY = ['zod', 'execa', 'jsonc-parser', 'p-queue', 'write-file-atomic', 'yargs'];

/** Commands that are called so often, by scripts, that they load as little as an entry. */
const LEAN = /^packages\/(?:lock\/src\/commands\/|state\/src\/commands\/(?:list|get|status|watch|wait)\.ts)/;

/** Bundles each program in memory and follows the static imports of its entry and of its lean commands. */
export async function checkStartUp(root) {
  const programs = packageFolders(root).filter((folder) => existsSync(join(root, folder, 'src/bin.ts')));
  return (await Promise.all(programs.map((folder) => checkProgram(root, folder)))).flat();
}

async function checkProgram(root, folder) {
  const entry = `${folder}/src/bin.ts`;
  const options = bundleOptions(`${root}/`, folder.slice('packages/'.length));
  const { metafile, errors } = await build({ ...options, write: false, metafile: true, logLevel: 'silent' }).catch(
    (error) => error,
  );
  if (metafile === undefined) {
    return errors.map(({ text, location }) => ({
      file: location?.file ?? entry,
      line: location?.line ?? 1,
      message: text,
    }));
  }
  const starts = [entry, ...Object.keys(metafile.inputs).filter((path) => LEAN.test(path))];
  return starts.flatMap((start) =>
    LAZY.flatMap((name) => {
      const way = wayTo(metafile.inputs, start, name);
      if (way === undefined) return [];
      return [{ file: start, line: 1, message: `loads ${name} at start: ${way.join(' -> ')}` }];
    }),
  );
}

/** Returns the files through which the entry comes to a package without an `import()`; nothing when it does not. */
function wayTo(graph, entry, name) {
  const from = new Map([[entry, undefined]]);
  for (const path of from.keys()) {
    if (path.includes(`node_modules/${name}/`)) {
      const steps = [];
      for (let step = path; step !== undefined; step = from.get(step)) steps.unshift(step);
      return steps;
    }
    for (const one of graph[path]?.imports ?? []) {
      if (one.kind !== 'dynamic-import' && !from.has(one.path)) from.set(one.path, path);
    }
  }
  return undefined;
}
