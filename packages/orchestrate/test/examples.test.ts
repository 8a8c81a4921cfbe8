import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { findCommand } from '@ralph/protocol/cli/find-command';
import { parseArguments } from '@ralph/protocol/cli/parse-arguments';
import { program } from '../src/program.ts';

const page = readFileSync(fileURLToPath(new URL('../../../docs/ralph-orchestrate.md', import.meta.url)), 'utf8');
const shown = (/## EXAMPLES\n\n([\s\S]*?)\n\n##/.exec(page)?.[1] ?? '').split('\n');
const helped = program.commands.flatMap(({ examples = [] }) => examples);
const examples = [...new Set([...shown.map((line) => line.trim()), ...helped])];

/** The words behind the name of the program; its examples quote with ' alone. */
function wordsOf(example: string): string[] {
  const call = /ralph-orchestrate ([^)]*)/.exec(example)?.[1] ?? '';
  return [...call.matchAll(/'([^']*)'|\S+/g)].map((match) => match[1] ?? match[0]);
}

it.each(examples)('takes the words of the example: %s', async (example) => {
  const found = findCommand(program, wordsOf(example));
  const spec = found.kind === 'command' ? found.spec : undefined;
  expect(spec).toBeDefined();
  expect(
    await parseArguments(program, spec ?? { words: [], options: {} }, wordsOf(example).slice(spec?.words.length ?? 1)),
  ).toBeDefined();
});

it('finds the examples of the page and of --help', () => {
  expect({ page: shown.length > 10, help: helped.length > 8 }).toEqual({ page: true, help: true });
});
