// The decisions of ralph-integrate's train as they are in the source: what is simulated cannot drift from the program.
import { build } from 'esbuild';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../../../../packages/integrate/src/train', import.meta.url));

/**
 * Bundles the pure part of the train.
 *
 * @returns {Promise<{ step: Function, EMPTY_LINE: object }>}
 */
export async function trainCore() {
  const { outputFiles } = await build({
    stdin: {
      contents: "export { step } from './step.ts'; export { EMPTY_LINE } from './line.ts';",
      resolveDir: folder,
    },
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
}
