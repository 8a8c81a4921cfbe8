import { describe, expect, it } from 'vitest';
import { forbiddenPathspecs } from '../../src/contract/forbidden-files.ts';

describe('forbiddenPathspecs', () => {
  it('anchors a pattern with a slash and finds another at any depth', () => {
    expect(forbiddenPathspecs(['.ralph/cache/', '.env'], ['.env.example'])).toEqual([
      ':(top,glob).ralph/cache',
      ':(top,glob).ralph/cache/**',
      ':(top,glob)**/.env',
      ':(top,glob)**/.env/**',
      ':(top,exclude,glob)**/.env.example',
    ]);
  });
});
