import { CONFIG_SAMPLES } from './config-samples.ts';

/** As much of a JSON Schema as the text is made of. */
export interface SchemaNode {
  readonly type?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly anyOf?: readonly SchemaNode[];
}

const WIDTH = 100;

/** Keys of other tools that we let be and do nothing with. */
const WITHOUT_EFFECT = /without effect/;

/**
 * Returns a configuration file in which every key that the schema knows stands explained and commented out, so that
 * nothing is set. A line that begins with `// "` is a key: without the two slashes it is set, and stays valid. Pure.
 */
export function configText(schema: SchemaNode): string {
  const all = Object.entries(schema.properties ?? {});
  const sections = all.flatMap(([name, node]) => {
    const keys = propertiesOf(node);
    return keys === undefined ? [] : [sectionText(name, keys)];
  });
  // In front of the sections, since a line that is set ends with a comma.
  const lists = all.filter(([, node]) => isList(node)).map(([name, node]) => `${keyText(name, name, node, '  ')}\n`);
  return [
    '{',
    '  // Settings of ralph for this repository; flags win over them. Take the // away in front of a key to set it.',
    '  // What is in force, and from where: ralph-orchestrate config. The form of this file: ralph-state schema config-file',
    '  "version": 2,',
    '',
    ...lists,
    sections.join(',\n\n'),
    '}',
    '',
  ].join('\n');
}

function sectionText(name: string, keys: Readonly<Record<string, SchemaNode>>): string {
  const told = Object.entries(keys)
    .filter(([, { description = '' }]) => !WITHOUT_EFFECT.test(description))
    .map(([key, node]) => keyText(`${name}.${key}`, key, node));
  return `  ${JSON.stringify(name)}: {\n${told.join('\n\n')}\n  }`;
}

function keyText(path: string, key: string, { description = '' }: SchemaNode, indent = '    '): string {
  const sample = CONFIG_SAMPLES[path] ?? null;
  const words = description === '' ? [] : wrapped(description.replace(/^ours: /, ''));
  return [...words, `${JSON.stringify(key)}: ${oneLine(sample)},`].map((line) => `${indent}// ${line}`).join('\n');
}

function propertiesOf({ properties, anyOf = [] }: SchemaNode): SchemaNode['properties'] {
  return properties ?? anyOf.find((node) => node.properties !== undefined)?.properties;
}

function isList({ type, anyOf = [] }: SchemaNode): boolean {
  return type === 'array' || anyOf.some(isList);
}

/** JSON on one line, with blanks where a person would set them. */
function oneLine(value: unknown): string {
  return JSON.stringify(value, null, 1)
    .replaceAll(/\n\s*/g, ' ')
    .replaceAll(/([[{]) /g, '$1')
    .replaceAll(/ ([\]}])/g, '$1');
}

function wrapped(text: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + word.length >= WIDTH) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
