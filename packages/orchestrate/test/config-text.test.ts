import { describe, expect, it } from 'vitest';
import { configFile } from '@ralph/protocol/contract/config-file';
import { jsonSchema } from '@ralph/protocol/contract/schemas';
import { parseJsonc } from '@ralph/protocol/process/read-jsonc';
import { configText, type SchemaNode } from '../src/init/config-text.ts';
import { withRules } from '../src/init/ignore-rules.ts';

const schema = jsonSchema('config-file', configFile) as SchemaNode;
const text = configText(schema);

const read = async (jsonc: string) =>
  (await parseJsonc(jsonc, 'config.jsonc', 'config_invalid')) as Record<string, Record<string, unknown>>;

/** The sections of the schema, with the keys that have an effect. */
const sections = Object.entries(schema.properties ?? {}).flatMap(([name, { properties, anyOf = [] }]) => {
  const keys = properties ?? anyOf.find((node) => node.properties !== undefined)?.properties;
  if (keys === undefined) return [];
  const own = Object.entries(keys).filter(([, { description = '' }]) => !description.includes('without effect'));
  return [{ name, keys: own.map(([key]) => key) }];
});

/** What a person does who wants every key. */
const uncommented = text.replaceAll(/^(\s*)\/\/ (?=")/gm, '$1');

describe('the configuration that init writes', () => {
  it('sets nothing', async () => {
    const value = await read(text);
    expect(configFile.safeParse(value).success).toBe(true);
    expect(value).toEqual({ version: 2, ...Object.fromEntries(sections.map(({ name }) => [name, {}])) });
  });

  it('has every key that has an effect, with a value that is valid once it is uncommented', async () => {
    const value = await read(uncommented);
    expect(configFile.safeParse(value).error).toBeUndefined();
    const keysIn = (name: string) => Object.keys(value[name] ?? {});
    expect(sections.map(({ name }) => [name, keysIn(name)])).toEqual(sections.map(({ name, keys }) => [name, keys]));
    expect(value['parallel']).toMatchObject({ workers: 2, max_push_attempts: 50 });
    expect(value['notify']).toEqual([expect.objectContaining({ id: 'me', desktop: true })]);
    expect(uncommented).not.toContain('null');
  });

  it('explains each key above it, ours and those of other tools in our words, and leaves out what has no effect', () => {
    const node = {
      properties: {
        version: { type: 'integer' },
        agent: {
          anyOf: [
            {
              properties: {
                timeout: { description: 'ours: time limit' },
                runner: { description: 'of others: without effect here' },
              },
            },
            { type: 'null' },
          ],
        },
      },
    };
    expect(configText(node)).toContain('  "agent": {\n    // time limit\n    // "timeout": "2h",\n  }');
    expect(configText(node)).not.toContain('runner');
  });
});

describe('withRules', () => {
  it.each([
    ['', '# files of ralph runs\n.ralph/cache/\n'],
    ['dist', 'dist\n# files of ralph runs\n.ralph/cache/\n'],
    ['dist\n', 'dist\n# files of ralph runs\n.ralph/cache/\n'],
  ])('adds to %j', (before, after) => {
    expect(withRules(before, ['.ralph/cache/'])).toBe(after);
  });
});
