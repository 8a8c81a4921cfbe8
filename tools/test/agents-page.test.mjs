import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { BUILT_IN_PRESETS } from '../../packages/protocol/src/agents/built-in-presets.ts';
import { PINNED } from '../../packages/orchestrate/test/real-agents/pinned-agents.ts';
import { approvalRows, callLines, markedLines, triedRows } from './agents-page.mjs';

const page = readFileSync(new URL('../../docs/agents.md', import.meta.url), 'utf8');

it('shows how each agent is called', () => {
  expect(markedLines(page, 'calls')).toEqual(callLines(BUILT_IN_PRESETS));
});

it('shows what each is told for either approval', () => {
  expect(markedLines(page, 'approvals')).toEqual(approvalRows(BUILT_IN_PRESETS));
});

it('names the releases that tests install', () => {
  const [, day = ''] = /\| (\d{4}-\d\d-\d\d) \|/.exec(page) ?? [];
  expect(markedLines(page, 'tried')).toEqual(triedRows(PINNED, day));
});

it('has each agent with what installs it, and its least version', () => {
  const rows = page.split('\n').filter((line) => /^\| `\w+` \| `(?:npm|curl)/.test(line));
  const said = rows.map((row) => row.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll(/^`|`$|\\/g, '')));
  expect(said.map(([, name, install, , least]) => [name, install, least])).toEqual(
    Object.entries(BUILT_IN_PRESETS).map(([name, { install, least_version: least = 'any' }]) => [name, install, least]),
  );
});
