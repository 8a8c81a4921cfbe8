import { jsonSchema, publishedSchemas } from '../../contract/schemas.ts';

interface Schema {
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}

/** Returns one value of each published schema, with every field that it knows, by the name of the schema. */
export function publishedSamples(): Map<string, unknown> {
  return new Map([...publishedSchemas()].map(([name, schema]) => [name, sampleOf(jsonSchema(name, schema) as Schema)]));
}

/** Returns the samples of all events and orders, as lines of the stream. */
export function streamSamples(): unknown[] {
  const samples = [...publishedSamples()].filter(([name]) => /^(?:event|order)\./.test(name) && name !== 'order.end');
  return [...samples.map(([, sample]) => sample), { id: 'RQ-0001', title: 'A task', status: 'todo', depends_on: [] }];
}

/** Returns one of them. */
export function sampleNamed(name: string): unknown {
  return publishedSamples().get(name);
}

function sampleOf(schema: Schema): unknown {
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return schema.enum[0];
  const [choice] = schema.anyOf ?? schema.oneOf ?? schema.allOf ?? [];
  if (choice !== undefined) return sampleOf(choice);
  const type = typeof schema.type === 'string' ? schema.type : schema.type?.[0];
  switch (type) {
    case 'object':
      return Object.fromEntries(
        Object.entries(schema.properties ?? {}).map(([name, each]) => [name, named(name, each)]),
      );
    case 'array':
      return schema.items === undefined ? [] : [sampleOf(schema.items)];
    case 'integer':
    case 'number':
      return Math.max(1, schema.minimum ?? 1);
    case 'boolean':
      return true;
    case 'null':
      return null;
    case 'string':
    case undefined:
      return textOf(schema);
    default:
      throw new Error(`a schema of the type ${type}`);
  }
}

/** What a name promises beyond its schema. */
function named(name: string, schema: Schema): unknown {
  if (name === 'task_id' || name === 'id') return 'RQ-0001';
  return sampleOf(schema);
}

function textOf({ format, pattern }: Schema): string {
  if (format === 'date-time') return '2026-01-01T00:00:00.000Z';
  return pattern?.includes('0-9a-f') === true ? 'a'.repeat(40) : 'x';
}

/** What an agent proposes to follow its task. */
export const PROPOSAL = {
  version: 1,
  source_task_id: 'RQ-0001',
  tasks: [
    { key: 'one', title: 'One', description: 'd', priority: 'low', tags: ['a'], depends_on_keys: ['two'] },
    { key: 'two', title: 'Two', independence_rationale: 'r' },
  ],
};
