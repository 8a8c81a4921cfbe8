import type { Usage } from '../contract/usage.ts';
import { fieldsOf, tokens, usageOf, without, type Fields } from './figures.ts';
import type { Told } from './told.ts';

/**
 * Codex: `codex exec --json` begins with `thread.started`; each `turn.completed` restates what the thread has used so far,
 * as `token_count` of older releases does. What it had in its cache it counts as input too.
 */
export function toldByCodex(said: Fields): Told | undefined {
  switch (said['type']) {
    case 'thread.started': {
      const session = said['thread_id'];
      return typeof session === 'string' ? { kind: 'session', agent: 'codex', session } : undefined;
    }
    case 'turn.completed':
      return used(fieldsOf(said['usage']));
    default:
      return used(tokenCount(said) ?? tokenCount(fieldsOf(said['msg'])) ?? tokenCount(fieldsOf(said['payload'])));
  }
}

function used(figures: Fields | undefined): Told | undefined {
  const usage = figures === undefined ? undefined : usageIn(figures);
  return usage === undefined ? undefined : { kind: 'used', agent: 'codex', counts: 'so_far', usage };
}

function tokenCount(said: Fields | undefined): Fields | undefined {
  if (said?.['type'] !== 'token_count') return undefined;
  return said['info'] === undefined ? said : fieldsOf(fieldsOf(said['info'])?.['total_token_usage']);
}

function usageIn(figures: Fields): Usage | undefined {
  const { input_tokens, cached_input_tokens, cache_write_input_tokens, output_tokens } = figures;
  return usageOf({
    input_tokens: without(input_tokens, cached_input_tokens, cache_write_input_tokens),
    output_tokens: tokens(output_tokens),
    cache_read_tokens: tokens(cached_input_tokens),
    cache_write_tokens: tokens(cache_write_input_tokens),
  });
}
