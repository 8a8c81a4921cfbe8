import { dollars, fieldsOf, together, tokens, usageOf, type Fields } from './figures.ts';
import type { Told } from './told.ts';

/** opencode: `run --format json` tells what each step has used; what was cached is not counted as input. */
export function toldByOpencode(said: Fields): Told | undefined {
  if (said['type'] !== 'step_finish' && said['type'] !== 'step-finish') return undefined;
  const part = fieldsOf(said['part']) ?? said;
  const used = fieldsOf(part['tokens']) ?? {};
  const cache = fieldsOf(used['cache']) ?? {};
  const usage = usageOf({
    input_tokens: tokens(used['input']),
    output_tokens: isThoughtIn(used, cache) ? tokens(used['output']) : together(used['output'], used['reasoning']),
    cache_read_tokens: tokens(cache['read']),
    cache_write_tokens: tokens(cache['write']),
    cost_usd: dollars(part['cost']),
  });
  return usage === undefined ? undefined : { kind: 'used', counts: 'each', usage };
}

/** Its releases differ in whether the answer has the thoughts; where they tell the sum of all, that decides. */
function isThoughtIn({ input, output, total }: Fields, { read, write }: Fields): boolean {
  return tokens(total) !== undefined && total === together(input, output, read, write);
}
