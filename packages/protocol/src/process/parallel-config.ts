import { join } from 'node:path';
import { nearestWord } from '../cli/nearest-word.ts';
import { configFile, type ParallelSettings } from '../contract/config-file.ts';
import { Failure } from '../contract/failure.ts';
import { describeIssue } from '../contract/parse-line.ts';
import { RALPH_PATHS } from '../contract/paths.ts';
import { parseJsonc, readTextIfPresent } from './read-jsonc.ts';

/**
 * Reads the `parallel` section of the configuration; nothing where there is none.
 *
 * @throws Failure `config_invalid` with file, key and the nearest known name
 */
export async function readParallelConfig(root: string): Promise<ParallelSettings> {
  const path = join(root, RALPH_PATHS.config);
  const text = readTextIfPresent(path);
  if (text === undefined) return {};
  const parsed = configFile.safeParse(await parseJsonc(text, path, 'config_invalid'));
  if (parsed.success) return parsed.data.parallel ?? {};
  const issue = parsed.error.issues[0];
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  const known = Object.keys(configFile.shape.parallel.unwrap().shape);
  const nearest = unknown === undefined ? undefined : nearestWord(unknown, known);
  throw new Failure('config_invalid', `${path}: ${describeIssue(parsed.error)}`, {
    hint: nearest === undefined ? 'mend that key, or remove it' : `did you mean ${nearest}?`,
  });
}
