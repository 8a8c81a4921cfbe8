import { TOKEN_FIELDS, type Usage } from '../contract/usage.ts';
import { inMillionths } from './figures.ts';

/** Adds what two agents have said that they used. A model stays named where both named the same. */
export function addUsage(one: Usage | undefined, other: Usage | undefined): Usage | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  const sum: Usage = {};
  for (const name of TOKEN_FIELDS) {
    if (one[name] === undefined && other[name] === undefined) continue;
    sum[name] = Math.min(Number.MAX_SAFE_INTEGER, (one[name] ?? 0) + (other[name] ?? 0));
  }
  if (one.cost_usd !== undefined || other.cost_usd !== undefined) {
    sum.cost_usd = inMillionths((one.cost_usd ?? 0) + (other.cost_usd ?? 0));
  }
  if (one.model !== undefined && one.model === other.model) sum.model = one.model;
  return sum;
}

/** Returns a usage without what was used before. */
export function usageBeyond(usage: Usage, before: Usage | undefined): Usage {
  if (before === undefined) return usage;
  const beyond: Usage = { ...usage };
  for (const name of TOKEN_FIELDS) {
    if (usage[name] !== undefined) beyond[name] = Math.max(0, usage[name] - (before[name] ?? 0));
  }
  if (usage.cost_usd !== undefined)
    beyond.cost_usd = Math.max(0, inMillionths(usage.cost_usd - (before.cost_usd ?? 0)));
  return beyond;
}
