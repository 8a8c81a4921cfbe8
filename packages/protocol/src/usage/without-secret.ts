import type { Usage } from '../contract/usage.ts';

/** Returns a usage without the name of its model where that has a secret: an agent may print anything for one. */
export function withoutSecret(usage: Usage | undefined, redact: (text: string) => string): Usage | undefined {
  if (usage?.model === undefined || redact(usage.model) === usage.model) return usage;
  const { model: _, ...figures } = usage;
  return figures;
}
