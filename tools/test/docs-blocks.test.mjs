import { describe, expect, it } from 'vitest';
import { fillExitPage, fillPage } from '../docs-blocks.mjs';

const help = {
  commands: [
    {
      command: 'task list',
      synopsis: 'ralph-x task list [OPTIONS]',
      summary: 'List.',
      options: [{ form: '--format a|b', meaning: 'how' }],
    },
  ],
  common_options: [{ form: '--quiet', meaning: 'hush' }],
};

const page = (block) =>
  `# x\n<!-- options:task list -->\n${block}<!-- end -->\nbetween\n<!-- options:common -->\n<!-- end -->\nrest\n`;

describe('fillPage', () => {
  it('fills each block and leaves the rest of the page alone', () => {
    const { text, problems } = fillPage('docs/x.md', page('old\n'), help);
    expect(problems).toEqual([]);
    expect(text).toBe(
      [
        '# x\n<!-- options:task list -->\n\n    ralph-x task list [OPTIONS]\n\nList.\n',
        '| option | meaning |\n| --- | --- |\n| `--format a\\|b` | how |\n\n<!-- end -->',
        'between\n<!-- options:common -->\n\n| option | meaning |\n| --- | --- |\n| `--quiet` | hush |\n\n<!-- end -->\nrest\n',
      ].join('\n'),
    );
  });

  it('changes nothing when it is done again', () => {
    const once = fillPage('docs/x.md', page(''), help).text;
    expect(fillPage('docs/x.md', once, help)).toEqual({ text: once, problems: [] });
  });

  it('tells of a command without a block and of a block without a command', () => {
    expect(fillPage('docs/x.md', '<!-- options:task lsit -->\n<!-- end -->\n', help).problems).toEqual([
      'docs/x.md: there is nothing for the block <!-- options:task lsit -->',
      'docs/x.md: has no block <!-- options:task list -->',
      'docs/x.md: has no block <!-- options:common -->',
    ]);
  });
});

describe('fillExitPage', () => {
  it('fills in the table', () => {
    const rows = [{ status: 0, name: 'ok', meaning: 'all is well', again: '' }];
    const { text, problems } = fillExitPage('docs/x.md', '<!-- exit-codes -->\n<!-- end -->\n', rows);
    expect(problems).toEqual([]);
    expect(text).toContain('| 0 | `ok` | all is well |  |\n');
  });
});
