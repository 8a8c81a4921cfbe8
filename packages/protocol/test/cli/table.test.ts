import { describe, expect, it } from 'vitest';
import { printable, printableJson } from '../../src/cli/printable.ts';
import { table } from '../../src/cli/table.ts';

const columns = { id: (row: { id: string }) => row.id, title: (row: { title: string }) => row.title };

describe('table', () => {
  it('shows the first line of a cell, each column as wide as its widest', () => {
    expect(table(columns, [{ id: 'RQ-1', title: 'one\ntwo' }])).toBe('ID    TITLE\nRQ-1  one\n');
  });

  it('never lets a cell move or colour the terminal', () => {
    const title = 'a\u001b[2Jb\u0007c\u009bd\u007fe\tf\rg';
    expect(table(columns, [{ id: 'A', title }])).toBe('ID  TITLE\nA   a [2Jb c d e f g\n');
  });
});

describe('printable', () => {
  it('takes out what turns the direction of text or ends a line unseen', () => {
    const turning = '\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069';
    expect(printable(`a${turning}b\u2028c\u2029d\ne`)).toBe('ab c d\ne');
  });
});

describe('printableJson', () => {
  it('escapes what JSON lets through and means the same', () => {
    const record = { title: 'a\u009bb\u007fc\u001bd', text: 'é 漢' };
    const json = printableJson(JSON.stringify(record, null, 2));
    expect(json).not.toMatch(/[\u007f-\u009f]/);
    expect(JSON.parse(json)).toEqual(record);
  });
});
