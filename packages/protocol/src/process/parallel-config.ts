import { join } from 'node:path';
import { parallelConfig, type ParallelSettings } from '../contract/config-file.ts';
import { RALPH_PATHS } from '../contract/paths.ts';
import { configFailure, readConfigFile } from './config-file.ts';

/**
 * Reads the `parallel` section of the configuration; nothing where there is none.
 *
 * @throws Failure `config_invalid` with file, line, key and the nearest known name
 */
export async function readParallelConfig(root: string): Promise<ParallelSettings> {
  const { value, problems } = await readConfigFile(join(root, RALPH_PATHS.config), parallelConfig);
  if (problems.length > 0) throw configFailure(problems);
  return value?.parallel ?? {};
}
