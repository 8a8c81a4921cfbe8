import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { findCommand } from '../../packages/protocol/src/cli/find-command.ts';
import { COMMON_OPTIONS } from '../../packages/protocol/src/cli/options.ts';
import { parseArguments } from '../../packages/protocol/src/cli/parse-arguments.ts';
import { EXIT_STATUS } from '../../packages/protocol/src/contract/exit-status.ts';
import { FAILURE_CODES } from '../../packages/protocol/src/contract/failure.ts';
import { callsIn, sectionsOf, tableCells, wordsOf } from './trouble-sections.mjs';
import { programs } from './all-programs.mjs';

const page = readFileSync(new URL('../../docs/trouble.md', import.meta.url), 'utf8');
const sections = sectionsOf(page);
const mentioned = callsIn(page);
const nextOnes = callsIn([...sections.map(({ next }) => next), ...tableCells(page)].join('\n'));

it('has each code of the table once, and no other', () => {
  const told = sections.map(({ code }) => code);
  expect(new Set(told)).toEqual(new Set(Object.keys(FAILURE_CODES)));
  expect(told.length).toBe(new Set(told).size);
});

it.each(sections)(
  'tells of $code with which status it ends, what it means, what was kept and what is next',
  (section) => {
    expect(section.status).toBe(EXIT_STATUS[FAILURE_CODES[section.code]]?.code);
    expect(section.means.length).toBeGreaterThan(20);
    expect(section.kept).not.toBe('');
    expect(section.commands).not.toEqual([]);
  },
);

it.each(mentioned)('mentions a command of ours with options that it has: %s', (call) => {
  const [name, ...words] = wordsOf(call);
  const { spec, rest } = findCommand(programs.get(name), words);
  const own = rest.includes('--') ? rest.slice(0, rest.indexOf('--')) : rest;
  const options = own.filter((word) => word.startsWith('--')).map((word) => word.slice(2));
  expect(Object.keys({ ...COMMON_OPTIONS, ...spec?.options, version: {}, help: {} })).toEqual(
    expect.arrayContaining(options),
  );
});

it.each(nextOnes)('can be typed as it stands: %s', async (call) => {
  const [name, ...words] = wordsOf(call);
  const { spec, rest } = findCommand(programs.get(name), words);
  const isAnswered = spec === undefined || words.includes('--help');
  expect(isAnswered || (await parseArguments(programs.get(name), spec, rest))).toBeTruthy();
});

it('finds commands of all five programs on the page', () => {
  const named = nextOnes.map((call) => wordsOf(call)[0]);
  expect(new Set(named)).toEqual(new Set(programs.keys()));
});
