import type { Usage } from '../contract/usage.ts';
import { addUsage } from './add-usage.ts';
import { dollars, fieldsOf, modelName, tokens, usageOf, type Fields } from './figures.ts';
import type { Told } from './told.ts';

/**
 * Claude Code: `--output-format json` is one `result`, `stream-json` begins a session with `system` `init` and ends each
 * of its turns with a `result` that restates what the process has used so far.
 */
export function toldByClaude(said: Fields): Told | undefined {
  const session = typeof said['session_id'] === 'string' ? said['session_id'] : undefined;
  if (said['type'] === 'system') {
    const begins = said['subtype'] === 'init' && session !== undefined;
    return begins ? { kind: 'session', agent: 'claude', session } : undefined;
  }
  if (said['type'] !== 'result' || said['stats'] !== undefined) return undefined;
  const cost_usd = dollars(said['total_cost_usd']);
  const usage = usageOf({ ...(byModel(said) ?? byMainLoop(said)), cost_usd });
  return usage === undefined ? undefined : { kind: 'used', agent: 'claude', session, counts: 'so_far', usage };
}

/** Has agents within the agent, as the cost has; `usage` leaves them out. */
function byModel(said: Fields): Usage | undefined {
  const models = Object.entries(fieldsOf(said['modelUsage']) ?? {});
  const named = models.length === 1 ? modelName(models[0]?.[0]) : undefined;
  const usages = models.map(([, value]) => {
    const used = fieldsOf(value) ?? {};
    return usageOf({
      input_tokens: tokens(used['inputTokens']),
      output_tokens: tokens(used['outputTokens']),
      cache_read_tokens: tokens(used['cacheReadInputTokens']),
      cache_write_tokens: tokens(used['cacheCreationInputTokens']),
      model: named,
    });
  });
  if (usages.includes(undefined)) return undefined;
  return usages.reduce<Usage | undefined>(addUsage, undefined);
}

function byMainLoop(said: Fields): Usage | undefined {
  const used = fieldsOf(said['usage']) ?? {};
  return usageOf({
    input_tokens: tokens(used['input_tokens']),
    output_tokens: tokens(used['output_tokens']),
    cache_read_tokens: tokens(used['cache_read_input_tokens']),
    cache_write_tokens: tokens(used['cache_creation_input_tokens']),
  });
}
