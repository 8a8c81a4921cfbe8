import { describe, expect, it } from 'vitest';
import { outlivedRefs } from '../src/upkeep/outlived-refs.ts';

const ref = (name: string, commit: string, at = 1) => ({ ref: `refs/ralph/${name}`, commit, at });

const goneOf = (refs: readonly ReturnType<typeof ref>[], kept: readonly string[] = []) =>
  outlivedRefs(refs, {
    before: 10,
    isOnRemote: (commit) => commit.startsWith('landed'),
    isKept: (taskId, attempt) => kept.includes(`${taskId}/${attempt}`),
  }).map((one) => one.ref.replace('refs/ralph/', ''));

describe('outlivedRefs', () => {
  it('are all refs of an attempt that has landed long ago', () => {
    const refs = [ref('attempts/A/1', 'own'), ref('landed/A/1', 'landed'), ref('published/A/1', 'own')];
    expect(goneOf(refs)).toEqual(['attempts/A/1', 'landed/A/1', 'published/A/1']);
  });

  it('are not those of other attempts at the same task, whose commits nobody else has', () => {
    const refs = [ref('attempts/A/1', 'own'), ref('attempts/A/2', 'own'), ref('landed/A/2', 'landed')];
    expect(goneOf(refs)).toEqual(['attempts/A/2', 'landed/A/2']);
  });

  it('are not those of an attempt whose commit no remote has, whatever our own ref says', () => {
    expect(goneOf([ref('attempts/A/1', 'own'), ref('landed/A/1', 'taken off again')])).toEqual([]);
  });

  it('are not those of an attempt that has landed lately', () => {
    expect(goneOf([ref('attempts/A/1', 'own'), ref('landed/A/1', 'landed', 10)])).toEqual([]);
  });

  it('are those of an attempt that has made no commit of its own', () => {
    expect(goneOf([ref('attempts/A/1', 'landed base')])).toEqual(['attempts/A/1']);
  });

  it('are not those of an attempt that landed lately as its agent made it: its number would be given again, and count as landed', () => {
    expect(goneOf([ref('attempts/A/1', 'landed'), ref('landed/A/1', 'landed', 10)])).toEqual([]);
    expect(goneOf([ref('attempts/A/1', 'landed'), ref('published/A/1', 'landed')])).toEqual([]);
  });

  it('are none of what was published and has not landed, nor of anything else', () => {
    const refs = [ref('published/A/1', 'landed'), ref('salvage/A/1', 'landed'), ref('base/A', 'landed')];
    expect(goneOf(refs)).toEqual([]);
  });

  it('are not those of an attempt that is kept', () => {
    const refs = [ref('attempts/A/1', 'own'), ref('landed/A/1', 'landed'), ref('attempts/B/1', 'landed')];
    expect(goneOf(refs, ['A/1', 'B/1'])).toEqual([]);
  });
});
