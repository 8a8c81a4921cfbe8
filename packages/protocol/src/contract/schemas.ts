import * as z from 'zod';
import { EXIT_STATUS } from './exit-status.ts';
import { FAILURE_CODES } from './failure.ts';
import { EVENTS, ORDERS } from './events.ts';
import { envelope } from './envelope.ts';
import { stateFile } from './state-file.ts';
import { queueFile, task } from './task.ts';
import { configFile, trustFile } from './config-file.ts';
import { lockRecord } from './lock-record.ts';
import { preflightFinding } from './preflight-report.ts';
import { blockedMarker } from './blocked-marker.ts';
import { ciFailureMarker, handoff } from './handoff.ts';
import { statusDocument } from './status-document.ts';
import { followupProposal } from './followups.ts';
import { quotaEntry } from './quota-entry.ts';
import { receipt } from './receipt.ts';

const failureRecord = z.looseObject({
  error: z.looseObject({
    code: z.enum(Object.keys(FAILURE_CODES) as [string, ...string[]]),
    message: z.string(),
    hint: z.string(),
    exit: z.int(),
    retryable: z.boolean(),
    retry_after: z.int().min(0).optional().describe('seconds'),
    task_id: z.string().optional(),
    attempt: z.int().optional(),
    details: z.looseObject({}).optional(),
  }),
});

const exitStatus = z.looseObject({
  status: z.union([z.literal(Object.values(EXIT_STATUS).map((row) => row.code)), z.literal('128+n')]),
  name: z.string(),
  meaning: z.string(),
  again: z.string(),
});

const documents: Record<string, z.ZodType> = {
  envelope,
  'state-file': stateFile,
  'queue-file': queueFile,
  'config-file': configFile,
  'trust-file': trustFile,
  'lock-record': lockRecord,
  'blocked-marker': blockedMarker,
  handoff,
  'ci-failure-marker': ciFailureMarker,
  error: failureRecord,
  'exit-status': exitStatus,
  'task-record': task,
  'status-document': statusDocument,
  'followup-proposal': followupProposal,
  'preflight-finding': preflightFinding,
  'quota-entry': quotaEntry,
  receipt,
};

/** Returns every published schema by name: files, records, events (`event.TYPE`) and orders (`order.TYPE`). */
export function publishedSchemas(): Map<string, z.ZodType> {
  const all = new Map(Object.entries(documents));
  for (const [type, schema] of Object.entries(EVENTS)) {
    all.set(`event.${type}`, schema.extend({ type: z.literal(type) }));
  }
  for (const [type, schema] of Object.entries(ORDERS)) all.set(`order.${type}`, schema);
  return all;
}

/** Returns the JSON Schema (draft 2020-12) of what is read; defaults make a field optional. */
export function jsonSchema(name: string, schema: z.ZodType): Record<string, unknown> {
  const generated = z.toJSONSchema(schema, { io: 'input' });
  return { $schema: generated.$schema, title: name, ...generated };
}
