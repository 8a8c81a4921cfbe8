import { expect, it } from 'vitest';
import { EVENTS, ORDERS } from '../../src/contract/events.ts';
import { jsonSchema, publishedSchemas } from '../../src/contract/schemas.ts';

it('publishes a JSON Schema of draft 2020-12 for every event, order and file', () => {
  const schemas = publishedSchemas();
  const wanted = [
    ...Object.keys(EVENTS).map((type) => `event.${type}`),
    ...Object.keys(ORDERS).map((type) => `order.${type}`),
  ];
  expect([...schemas.keys()]).toEqual(
    expect.arrayContaining([...wanted, 'state-file', 'queue-file', 'config-file', 'lock-record', 'error']),
  );
  for (const [name, schema] of schemas) {
    expect(jsonSchema(name, schema)).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      title: name,
      type: 'object',
    });
  }
});

it('fixes the type in the schema of an event, and leaves room for fields to come', () => {
  const schema = publishedSchemas().get('event.lock.released');
  if (schema === undefined) throw new Error('not published');
  const { properties, required, additionalProperties } = jsonSchema('event.lock.released', schema);
  expect(properties).toMatchObject({ type: { const: 'lock.released' }, v: { const: 1 } });
  expect(required).toEqual(expect.arrayContaining(['v', 'type', 'at', 'path']));
  expect(additionalProperties).not.toBe(false);
});
