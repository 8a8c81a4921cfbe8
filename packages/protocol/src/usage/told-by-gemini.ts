import type { Usage } from '../contract/usage.ts';
import { addUsage } from './add-usage.ts';
import { fieldsOf, modelName, together, tokens, usageOf, without, type Fields } from './figures.ts';
import type { Told } from './told.ts';

/**
 * Gemini CLI: `--output-format json` is one object with the `stats` of each model, `stream-json` ends with a `result` that
 * has their sum. What was cached is part of the prompt; thoughts are counted beside the answer.
 */
export function toldByGemini(said: Fields): Told | undefined {
  const stats = fieldsOf(said['stats']);
  if (stats === undefined) return undefined;
  const session = typeof said['session_id'] === 'string' ? said['session_id'] : undefined;
  const usage = said['type'] === 'result' ? bySum(stats) : said['type'] === undefined ? byModel(stats) : undefined;
  return usage === undefined ? undefined : { kind: 'used', agent: 'gemini', session, counts: 'each', usage };
}

function byModel(stats: Fields): Usage | undefined {
  return modelsOf(stats)
    .map(([model, value]) => {
      const used = fieldsOf(value['tokens']) ?? {};
      return usageOf({
        input_tokens: together(without(used['prompt'], used['cached']), used['tool']),
        output_tokens: together(used['candidates'], used['thoughts']),
        cache_read_tokens: tokens(used['cached']),
        model,
      });
    })
    .reduce<Usage | undefined>(addUsage, undefined);
}

function bySum(stats: Fields): Usage | undefined {
  const models = modelsOf(stats);
  return usageOf({
    input_tokens: without(stats['input_tokens'], stats['cached']),
    output_tokens: tokens(stats['output_tokens']),
    cache_read_tokens: tokens(stats['cached']),
    model: models.length === 1 ? models[0]?.[0] : undefined,
  });
}

function modelsOf(stats: Fields): [string | undefined, Fields][] {
  return Object.entries(fieldsOf(stats['models']) ?? {}).map(([name, value]) => [
    modelName(name),
    fieldsOf(value) ?? {},
  ]);
}
