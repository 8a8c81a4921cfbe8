import { dollars, fieldsOf, modelName, tokens, usageOf, type Fields } from './figures.ts';
import type { Told } from './told.ts';

/** pi: `--mode json` tells with each message of the model what that has used; what was cached is not counted as input. */
export function toldByPi(said: Fields): Told | undefined {
  const message = fieldsOf(said['message']);
  if (said['type'] !== 'message_end' || message?.['role'] !== 'assistant') return undefined;
  const used = fieldsOf(message['usage']) ?? {};
  const usage = usageOf({
    input_tokens: tokens(used['input']),
    output_tokens: tokens(used['output']),
    cache_read_tokens: tokens(used['cacheRead']),
    cache_write_tokens: tokens(used['cacheWrite']),
    cost_usd: dollars(fieldsOf(used['cost'])?.['total']),
    model: modelName(message['model']),
  });
  return usage === undefined ? undefined : { kind: 'used', counts: 'each', usage };
}
