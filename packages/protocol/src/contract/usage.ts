import * as z from 'zod';

const tokens = z.int().min(0).optional();

/**
 * What an agent itself has said that it used. What it did not say is absent, never reckoned: nobody can tell a figure
 * that was made up from one that will be on the bill.
 */
export const usage = z.looseObject({
  input_tokens: tokens.describe('read anew, without what came from a cache'),
  output_tokens: tokens.describe('written, thoughts included where the agent counts them'),
  cache_read_tokens: tokens.describe('read from a cache'),
  cache_write_tokens: tokens.describe('read anew and put into a cache'),
  unsplit_tokens: tokens.describe('read anew and written, where the agent names only their sum'),
  cost_usd: z.number().min(0).optional().describe('US dollars'),
  model: z.string().optional(),
});

export type Usage = z.infer<typeof usage>;

export const TOKEN_FIELDS = [
  'input_tokens',
  'output_tokens',
  'cache_read_tokens',
  'cache_write_tokens',
  'unsplit_tokens',
] as const;
