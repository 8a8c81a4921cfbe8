import type { Receipt } from '@ralph/protocol/contract/receipt';
import { TOKEN_FIELDS, type Usage } from '@ralph/protocol/contract/usage';
import { addUsage } from '@ralph/protocol/usage/add-usage';

export const NO_RECEIPT: Receipt = {
  attempts: 0,
  commits: 0,
  changed_files: 0,
  gates: 0,
  known_gates: 0,
  remedies: 0,
  pushes: 0,
  agent_ms: 0,
  gate_ms: 0,
  remedy_ms: 0,
  total_ms: 0,
  unreported: 0,
};

const NUMBERS = Object.keys(NO_RECEIPT);

/** What only some agents tell. */
const TOLD = ['tools', 'edits'] as const;

/** Adds two receipts field by field; what neither agent has told stays absent. */
export function addReceipts(one: Receipt, other: Partial<Receipt>): Receipt {
  const sum = { ...one };
  for (const name of NUMBERS) sum[name] = Number(one[name]) + Number(other[name] ?? 0);
  for (const name of TOLD) {
    if (one[name] !== undefined || other[name] !== undefined) sum[name] = (one[name] ?? 0) + (other[name] ?? 0);
  }
  const usage = addUsage(one.usage, other.usage);
  return usage === undefined ? sum : { ...sum, usage };
}

/** Returns all tokens of a usage, cached ones included; nothing where the agent named none. */
export function tokensOf(usage: Usage | undefined): number | undefined {
  const named = TOKEN_FIELDS.flatMap((name) => usage?.[name] ?? []);
  return named.length === 0 ? undefined : named.reduce((sum, number) => sum + number, 0);
}
