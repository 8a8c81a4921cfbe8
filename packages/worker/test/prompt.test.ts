import { describe, expect, it } from 'vitest';
import { followupProposal } from '@ralph/protocol/contract/followups';
import { promptText } from '../src/agent/prompt.ts';

describe('promptText', () => {
  it('begins with the title, a blank line and what is asked', () => {
    const text = promptText({ id: 'RQ-0001', title: 'Add a flag', description: 'It must be short.' });
    expect(text.split('\n').slice(0, 3)).toEqual(['Add a flag', '', 'It must be short.']);
  });

  it('holds everything that the task says, its id and the rules', () => {
    const text = promptText({
      id: 'RQ-0001',
      title: 'T',
      description: 'D',
      request: 'the request',
      plan: ['first', 'second'],
      scope: ['src/flag.ts'],
      notes: ['mind the tests'],
    });
    for (const part of [
      'the request',
      '- first\n- second',
      'src/flag.ts',
      'mind the tests',
      'Task: RQ-0001',
      'Do not push',
    ]) {
      expect(text).toContain(part);
    }
  });

  it('leaves out what the task does not say', () => {
    expect(promptText({ id: 'RQ-0001', title: 'T', description: null, plan: [] })).toMatch(
      /^T\n\nTask: RQ-0001\n\nYou are/,
    );
  });

  it('makes control characters harmless and keeps lines and tabs', () => {
    expect(promptText({ id: 'RQ-0001', title: 'a\u001b[2Jb\u0000c', description: 'x\n\ty' })).toMatch(
      /^a \[2Jb c\n\nx\n\ty\n/,
    );
  });
});

it('M52: tells in two lines where follow-ups may be proposed, and in which form', () => {
  const text = promptText({ id: 'RQ-0007', title: 'T' });
  const [where = '', which = ''] = text.trimEnd().split('\n').slice(-2);
  expect(where).toContain('.ralph/cache/followups/RQ-0007.json');
  const [example = ''] = /\{.*\}/.exec(where) ?? [];
  expect(followupProposal.parse(JSON.parse(example))).toMatchObject({ source_task_id: 'RQ-0007' });
  const fields = Object.keys(followupProposal.shape.tasks.element.shape).filter(
    (name) => !/^(?:key|title)$/.test(name),
  );
  for (const name of fields) expect(which).toContain(name);
});
