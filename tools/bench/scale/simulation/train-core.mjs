// The decisions of ralph-integrate's train as they are in the source: what is simulated cannot drift from the program.
import { build } from 'esbuild';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../../../../packages/integrate/src/train', import.meta.url));

/** After how many for each in the line, of those that have overtaken it, a candidate that comes back goes in front of all. */
const OVERTAKEN_EACH = /(MOST_OVERTAKEN_EACH = )\d+/;

/**
 * Bundles the pure part of the train.
 *
 * @param {number} [overtakenEach] another number there than the program's, for a look at what it costs
 * @returns {Promise<{ step: Function, EMPTY_LINE: object }>}
 */
export async function trainCore(overtakenEach) {
  const changed = {
    name: 'changed',
    setup(bundle) {
      bundle.onLoad({ filter: /\/happened\.ts$/ }, ({ path }) => {
        const text = readFileSync(path, 'utf8');
        if (!OVERTAKEN_EACH.test(text)) throw new Error(`${path} has no number of overtakings any more`);
        return { contents: text.replace(OVERTAKEN_EACH, `$1${overtakenEach}`), loader: 'ts' };
      });
    },
  };
  const { outputFiles } = await build({
    stdin: {
      contents: "export { step } from './step.ts'; export { EMPTY_LINE } from './line.ts';",
      resolveDir: folder,
    },
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    plugins: overtakenEach === undefined ? [] : [changed],
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
}
