import * as z from 'zod';

/** Version of the envelope. Adding a field keeps it; removing, renaming or retyping one raises it. */
export const ENVELOPE_VERSION = 1;

export const timestamp = z.iso.datetime({ offset: true }).describe('RFC 3339, UTC, milliseconds');
export const commitId = z
  .string()
  .regex(/^[0-9a-f]{40,64}$/)
  .describe('full git object id');

/** What every event carries. Unknown fields stay. */
export const envelope = z.looseObject({
  v: z.literal(ENVELOPE_VERSION),
  type: z.string().min(1),
  at: timestamp,
  task_id: z.string().min(1).optional(),
  attempt: z.int().min(1).optional(),
});

export type Envelope = z.infer<typeof envelope>;

/** Fields of an event about one attempt at one task. */
export const taskEnvelope = envelope.extend({ task_id: z.string().min(1), attempt: z.int().min(1) });
