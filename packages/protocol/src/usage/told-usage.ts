import { dollars, fieldsOf, modelName, tokens, usageOf, type Fields } from './figures.ts';
import type { Told } from './told.ts';
import { toldByClaude } from './told-by-claude.ts';
import { toldByCodex } from './told-by-codex.ts';
import { toldByGemini } from './told-by-gemini.ts';
import { toldByOpencode } from './told-by-opencode.ts';
import { toldByPi } from './told-by-pi.ts';

const READERS = [toldByClaude, toldByCodex, toldByGemini, toldByOpencode, toldByPi, toldOpenly];

/**
 * Reads what one JSON value of an agent's output says of what the agent has used. What is told per message, to be told
 * again in a sum, says nothing; figures that cannot be true are left out.
 *
 * @param value an object, or a list of all that a session has said
 */
export function toldUsage(value: unknown): readonly Told[] {
  if (Array.isArray(value)) {
    return value.flatMap((one) => (fieldsOf(one)?.['type'] === 'result' ? toldUsage(one) : []));
  }
  const said = fieldsOf(value);
  if (said === undefined) return [];
  for (const by of READERS) {
    const told = by(said);
    if (told !== undefined) return [told];
  }
  return [];
}

/** The form that any script may write: see docs/ralph-worker.md. */
function toldOpenly(said: Fields): Told | undefined {
  if (said['type'] !== 'ralph.usage') return undefined;
  const usage = usageOf({
    input_tokens: tokens(said['input_tokens']),
    output_tokens: tokens(said['output_tokens']),
    cache_read_tokens: tokens(said['cache_read_tokens']),
    cache_write_tokens: tokens(said['cache_write_tokens']),
    unsplit_tokens: tokens(said['unsplit_tokens']),
    cost_usd: dollars(said['cost_usd']),
    model: modelName(said['model']),
  });
  return usage === undefined ? undefined : { kind: 'used', counts: 'each', usage };
}
