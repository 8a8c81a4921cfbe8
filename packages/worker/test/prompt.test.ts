import { describe, expect, it } from 'vitest';
import { followupProposal } from '@ralph/protocol/contract/followups';
import { BUILT_IN_TEMPLATES } from '../src/prompt/built-in-templates.ts';
import { renderPrompt, templateProblem, type PromptFacts } from '../src/prompt/render-prompt.ts';
import { phasesOf, type Phase } from '@ralph/protocol/contract/phases';
import type { Task } from '@ralph/protocol/contract/task';

function factsOf(task: Task, phase: Phase = 'task', count = 1): PromptFacts {
  return { task, phase, phases: phasesOf(count), targetBranch: 'main', baseCommit: 'a'.repeat(40) };
}

function promptText(task: Task, phase: Phase = 'task', count = 1): string {
  return renderPrompt(BUILT_IN_TEMPLATES[phase], factsOf(task, phase, count));
}

describe('the prompt of a whole task', () => {
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

describe('the prompts of phases', () => {
  const task = { id: 'RQ-0007', title: 'Add a flag', description: 'It must be short.' };

  it.each(['plan', 'implement', 'review'] as const)('say the whole task: %s', (phase) => {
    const text = promptText(task, phase, 3);
    expect(text).toContain('Add a flag\n\nIt must be short.\n\nTask: RQ-0007\n');
    expect(text).not.toMatch(/\{\{|\}\}|\n\n\n/);
  });

  it('name the file in which one hands on to the next', () => {
    expect(promptText(task, 'plan', 2)).toContain('write the plan to .ralph/cache/plans/RQ-0007.md');
    expect(promptText(task, 'implement', 2)).toContain('read .ralph/cache/plans/RQ-0007.md first');
    expect(promptText(task, 'implement', 2)).not.toContain('summaries');
    expect(promptText(task, 'implement', 3)).toContain('at the end write to .ralph/cache/summaries/RQ-0007.md');
    expect(promptText(task, 'review', 3)).toContain(`what was done in .ralph/cache/summaries/RQ-0007.md`);
    expect(promptText(task, 'review', 3)).toContain(`git diff ${'a'.repeat(40)}`);
  });
});

describe('a template', () => {
  it('is not searched for names a second time, in what a task says', () => {
    const said = factsOf({ id: 'RQ-0001', title: 'Use {{rules}} and $& here' });
    expect(renderPrompt('{{title}}\n', said)).toBe('Use {{rules}} and $& here\n');
  });

  it('may have blanks in its names, and line ends of Windows', () => {
    expect(renderPrompt('{{ task_id }}\r\n{{ title }}\r\n', factsOf({ id: 'RQ-1', title: 'T' }))).toBe('RQ-1\nT\n');
  });

  it.each(['{{title}}', '{{ title }}', '{{   title  }}', '{{\ttitle }}'])(
    'is filled in however wide its names are: %j',
    (name) => {
      expect(templateProblem(name)).toBeUndefined();
      const rendered = renderPrompt(`${name}\nand ${name}\n`, factsOf({ id: 'RQ-1', title: 'T' }));
      expect(rendered).toBe('T\nand T\n');
    },
  );

  it.each(['{{handing_on}}', '{{  handing_on  }}'])('loses the line of a name that has nothing to say: %j', (name) => {
    expect(renderPrompt(`a\n${name}\n\nb\n`, factsOf({ id: 'RQ-1', title: 'T' }))).toBe('a\nb\n');
  });

  it.each(['{{Title}}', '{{title-x}}', '{{}}', '{{ no such thing }}', `{{${'x'.repeat(81)}}}`])(
    'is refused for what would stay as it is: %j',
    (name) => {
      expect(renderPrompt(name, factsOf({ id: 'RQ-1', title: 'T' }))).toBe(`${name}\n`);
      expect(templateProblem(name)).toMatchObject({ line: 1 });
    },
  );

  it.each([
    ['a\n{{tsak}}\n', 2, 'did you mean {{task}}?'],
    ['{{whatever_else}}', 1, 'there are task,'],
    ['  \n', 1, 'it is empty'],
  ])('is refused when it names what there is not: %j', (template, line, words) => {
    expect(templateProblem(template)).toMatchObject({ line, text: expect.stringContaining(words) });
  });

  it.each(Object.entries(BUILT_IN_TEMPLATES))('is well where it is built in: %s', (_, template) => {
    expect(templateProblem(template)).toBeUndefined();
  });
});
