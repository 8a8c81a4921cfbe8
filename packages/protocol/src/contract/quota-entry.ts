import * as z from 'zod';
import { timestamp } from './envelope.ts';

/** `.ralph/cache/quota/ACCOUNT.json`: until when no agent of an account is started. */
export const quotaEntry = z.looseObject({
  account: z.string().min(1),
  closed_at: timestamp.describe('when an agent was turned away'),
  open_at: timestamp.describe('from when on it may be tried again'),
  told: z.boolean().describe('whether the agent named that time; otherwise it is the usual pause'),
  task_id: z.string().min(1).describe('whose agent it was'),
  reason: z.string().describe('what it said'),
});

export type QuotaEntry = z.infer<typeof quotaEntry>;
