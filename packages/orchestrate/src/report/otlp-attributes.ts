import type { Usage } from '@ralph/protocol/contract/usage';

type AnyValue =
  | { readonly stringValue: string }
  | { readonly boolValue: boolean }
  /** 64 bits are text in JSON. */
  | { readonly intValue: string }
  | { readonly doubleValue: number };

export interface Attribute {
  readonly key: string;
  readonly value: AnyValue;
}

type Values = Readonly<Record<string, string | number | boolean | undefined>>;

/** Returns values as attributes; those that are not there are left out. */
export function attributes(values: Values): Attribute[] {
  return Object.entries(values).flatMap(([key, value]) =>
    value === undefined ? [] : [{ key, value: valueOf(key, value) }],
  );
}

function valueOf(key: string, value: string | number | boolean): AnyValue {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  // A sum that happens to be whole keeps its type.
  return key.endsWith('usd') ? { doubleValue: value } : { intValue: String(value) };
}

/**
 * Returns what an agent used by the names of OpenTelemetry, whose input tokens count those of the cache too. The
 * conventions know neither of a cost nor of a sum of input and output.
 */
export function usageAttributes(usage: Usage | undefined): Values {
  if (usage === undefined) return {};
  const { input_tokens: input, output_tokens: output, cache_read_tokens: read, cache_write_tokens: write } = usage;
  const { unsplit_tokens: unsplit, model, cost_usd: cost } = usage;
  const isTold = input !== undefined || read !== undefined || write !== undefined;
  return {
    'gen_ai.usage.input_tokens': isTold ? (input ?? 0) + (read ?? 0) + (write ?? 0) : undefined,
    'gen_ai.usage.output_tokens': output,
    'gen_ai.usage.cache_read.input_tokens': read,
    'gen_ai.usage.cache_creation.input_tokens': write,
    'gen_ai.response.model': model,
    'ralph.usage.unsplit_tokens': unsplit,
    'ralph.usage.cost_usd': cost,
  };
}
