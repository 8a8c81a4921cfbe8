import { nearestWord } from '@ralph/protocol/cli/nearest-word';
import type { Call, Result } from '@ralph/protocol/cli/program';
import { usageFailure } from '@ralph/protocol/cli/usage-failure';
import { Failure } from '@ralph/protocol/contract/failure';
import { jsonSchema, publishedSchemas } from '@ralph/protocol/contract/schemas';
import type { SCHEMA_OPTIONS } from '../options.ts';

/** `ralph-state schema`: the names, one schema, or with `--all` every one. */
export async function run(call: Call<typeof SCHEMA_OPTIONS>): Promise<Result> {
  const [name] = call.operands;
  const schemas = publishedSchemas();
  if (call.args.all) {
    if (name !== undefined) throw usageFailure(call.program, `schema takes a name or --all, not both`);
    return { records: [...schemas].map(([each, schema]) => ({ name: each, schema: jsonSchema(each, schema) })) };
  }
  if (name === undefined) {
    return {
      records: [...schemas.keys()].map((each) => ({ name: each })),
      columns: { name: (row: { name: string }) => row.name },
    };
  }
  const schema = schemas.get(name);
  if (schema === undefined) throw notFound(name, [...schemas.keys()]);
  return { record: jsonSchema(name, schema) };
}

function notFound(name: string, known: readonly string[]): Failure {
  const nearest = nearestWord(name, known);
  const guess = nearest === undefined ? '' : `; did you mean ${nearest}?`;
  return new Failure('schema_not_found', `no schema ${name}${guess}`, {
    hint: 'see the names with ralph-state schema',
  });
}
