import type { Receipt } from '@ralph/protocol/contract/receipt';
import { asSeconds } from '@ralph/protocol/contract/time-value';
import { tokensOf } from '../record/receipt-sum.ts';
import type { Settled } from '../settings/layers.ts';

/** What a run may use before it starts nothing more; nothing means no limit. */
export interface Budget {
  /** In milliseconds. */
  readonly timeMs: number | undefined;
  readonly tokens: number | undefined;
  /** In US dollars. */
  readonly cost: number | undefined;
}

/** Reads what a run may use. */
export function budgetOf(settled: Settled): Budget {
  const time = settled.value('budget.time');
  return {
    timeMs: time === null ? undefined : asSeconds(time) * 1000,
    tokens: settled.value('budget.tokens') ?? undefined,
    cost: settled.value('budget.cost') ?? undefined,
  };
}

/** Says what of a budget is used up by what the agents have told of; nothing while there is some left. Pure. */
export function spentOf({ tokens, cost }: Budget, { usage }: Receipt): string | undefined {
  const used = tokensOf(usage) ?? 0;
  if (tokens !== undefined && used >= tokens) return `${used} tokens are used, of ${tokens} (--max-tokens)`;
  const paid = usage?.cost_usd ?? 0;
  if (cost !== undefined && paid >= cost) return `US$ ${money(paid)} are spent, of ${money(cost)} (--max-cost)`;
  return undefined;
}

/** Says that the time of a run is over. */
export function timeIsUp({ timeMs = 0 }: Budget): string {
  return `${timeMs / 1000} s are over (--max-time)`;
}

/** Says which limits cannot hold, since an agent has not told what it used; nothing where that does not matter. */
export function blindSpot({ tokens, cost }: Budget, { usage, unreported }: Receipt): string | undefined {
  const blind = [
    ...(tokens !== undefined && (unreported > 0 || tokensOf(usage) === undefined) ? ['--max-tokens'] : []),
    ...(cost !== undefined && (unreported > 0 || usage?.cost_usd === undefined) ? ['--max-cost'] : []),
  ];
  if (blind.length === 0) return undefined;
  return `${blind.join(' and ')} cannot count what an agent does not tell: see "What an agent used" in docs/ralph-worker.md`;
}

function money(amount: number): string {
  return String(Math.round(amount * 1e4) / 1e4);
}
