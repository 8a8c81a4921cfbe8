import type { Receipt } from '@ralph/protocol/contract/receipt';
import { costOfText, timeText, tokensText } from '../record/figures.ts';
import { tokensOf } from '../record/receipt-sum.ts';

/** Says in one line what a run has cost; nothing where no agent and no gate was run. Pure. */
export function costWords(totals: Receipt): string {
  const { attempts, agent_ms, remedies, remedy_ms, gates, gate_ms, usage, unreported } = totals;
  const runs = [
    ...part(attempts, 'agent', agent_ms),
    ...part(remedies, 'resolver', remedy_ms),
    ...part(gates, 'gate run', gate_ms),
  ];
  if (runs.length === 0) return '';
  const told = [
    ...(tokensOf(usage) === undefined ? [] : [`${tokensText(totals)} tokens`]),
    ...(usage?.cost_usd === undefined ? [] : [costOfText(totals)]),
  ];
  const silent = told.length > 0 && unreported > 0 ? ` (${unreported} of them did not say)` : '';
  return `cost: ${[...runs, ...told].join(', ')}${silent}`;
}

function part(count: number, name: string, ms: number): string[] {
  return count === 0 ? [] : [`${count} ${name}${count === 1 ? '' : 's'} (${timeText(ms)})`];
}
