import { expect, it } from 'vitest';
import { optionWords } from '../../src/cli/option-words.ts';

it('ties a value that looks like an option to its own', () => {
  expect(optionWords('--target-branch', 'main')).toEqual(['--target-branch', 'main']);
  expect(optionWords('--target-branch', '--upload-pack=x')).toEqual(['--target-branch=--upload-pack=x']);
});
